import { untrustedText } from "@klingkit/core"
import { Effect, FileSystem, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpClient, HttpClientRequest, FetchHttpClient } from "effect/http"
import { startEmulator } from "../emulator/start-emulator.ts"
import { usageError } from "../output/failure.ts"
import { Output } from "../output/output.ts"

/** The emulator itself reads the plan and says what is wrong with it. */
const addFaults = Effect.fnUntraced(function* (url: string, file: string) {
  const fs = yield* FileSystem.FileSystem
  const http = yield* HttpClient.HttpClient
  const wrong = (message: string) => usageError([{ field: "--faults", message }])
  const text = yield* fs.readFileString(file).pipe(Effect.mapError(() => wrong(`${file} is no file that can be read`)))
  const response = yield* http
    .execute(
      HttpClientRequest.post(`${url}/_emulator/faults`).pipe(HttpClientRequest.bodyText(text, "application/json"))
    )
    .pipe(Effect.mapError((error) => wrong(error.message)))
  if (response.status !== 200) {
    const why = yield* Effect.orElseSucceed(response.text, () => "")
    return yield* wrong(`${file} is no fault plan: ${untrustedText(why)}`)
  }
}, Effect.provide(FetchHttpClient.layer))

const number = (name: string, about: string, isLegal: (value: number) => boolean, limits: string) =>
  Flag.Finite(name).pipe(
    Flag.withMetavar("number"),
    Flag.withDescription(about),
    Flag.filter(isLegal, () => limits)
  )

export const emulator = Command.make(
  "emulator",
  {
    port: number(
      "port",
      "port to listen on; default 0: any free one",
      (port) => Number.isInteger(port) && port >= 0 && port <= 65_535,
      "a port from 0 to 65535 is needed"
    ).pipe(Flag.withDefault(0)),
    speed: number(
      "speed",
      "how much faster than Kling tasks run; default 60",
      (speed) => speed >= 0.001 && speed <= 1e6,
      "0.001 to 1000000 is possible"
    ).pipe(Flag.withDefault(60)),
    seed: number(
      "seed",
      "the same seed gives the same keys, ids, durations and pictures",
      (seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32,
      "a whole number from 0 to 4294967295 is needed"
    ).pipe(Flag.optional),
    faults: Flag.String("faults").pipe(
      Flag.withMetavar("file"),
      Flag.withDescription("faults, switches and packs to start with (JSON)"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ port, speed, seed, faults }) {
    const output = yield* Output
    const running = yield* startEmulator({ port, speed, ...(Option.isSome(seed) ? { seed: seed.value } : {}) })
    if (Option.isSome(faults)) yield* addFaults(running.url, faults.value)
    const { url, apiKey, accessKey, secretKey, webhookSecret } = running
    const facts = { url, apiKey, accessKey, secretKey, webhookSecret }
    yield* output.answer({ json: facts, text: JSON.stringify(facts) })
    yield* output.say(`To use it: export KLINGAI_BASE_URL=${url} KLINGAI_API_KEY=${apiKey}`)
    yield* output.say("It costs nothing, and ends with Ctrl+C.")
    return yield* Effect.never
  }, Effect.scoped)
).pipe(
  Command.withDescription("A Kling AI on this machine: real media, a billing ledger, no cost"),
  Command.withExamples([
    { command: "klingkit emulator" },
    { command: "klingkit emulator --port 8790 --speed 600 --seed 7", description: "Repeatable, and ten times as fast" }
  ])
)
