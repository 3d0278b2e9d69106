import { sanitizeText } from "@klingkit/core/internal"
import { Effect, FileSystem, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpClient, HttpClientRequest, FetchHttpClient } from "effect/http"
import { startEmulator } from "../emulator/start-emulator.ts"
import { usageError } from "../output/failure.ts"
import { Output } from "../output/output.ts"

/** The emulator validates the fault plan itself. */
const addFaults = Effect.fnUntraced(function* (url: string, file: string) {
  const fs = yield* FileSystem.FileSystem
  const http = yield* HttpClient.HttpClient
  const refuse = (message: string) => usageError([{ field: "--faults", message }])
  const text = yield* fs.readFileString(file).pipe(Effect.mapError(() => refuse(`cannot read ${file}`)))
  const response = yield* http
    .execute(
      HttpClientRequest.post(`${url}/_emulator/faults`).pipe(HttpClientRequest.bodyText(text, "application/json"))
    )
    .pipe(Effect.mapError((error) => refuse(error.message)))
  if (response.status !== 200) {
    const why = yield* Effect.orElseSucceed(response.text, () => "")
    return yield* refuse(`${file} is not a valid fault plan: ${sanitizeText(why)}`)
  }
}, Effect.provide(FetchHttpClient.layer))

const number = (name: string, about: string, isValid: (value: number) => boolean, limits: string) =>
  Flag.Finite(name).pipe(
    Flag.withMetavar("number"),
    Flag.withDescription(about),
    Flag.filter(isValid, () => limits)
  )

export const emulator = Command.make(
  "emulator",
  {
    port: number(
      "port",
      "port to listen on; default 0: any free port",
      (port) => Number.isInteger(port) && port >= 0 && port <= 65_535,
      "must be a port from 0 to 65535"
    ).pipe(Flag.withDefault(0)),
    speed: number(
      "speed",
      "run tasks this many times faster than Kling; default 60",
      (speed) => speed >= 0.001 && speed <= 1e6,
      "must be 0.001 to 1000000"
    ).pipe(Flag.withDefault(60)),
    seed: number(
      "seed",
      "the same seed gives the same keys, ids, durations and images",
      (seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32,
      "must be an integer from 0 to 4294967295"
    ).pipe(Flag.optional),
    faults: Flag.String("faults").pipe(
      Flag.withMetavar("file"),
      Flag.withDescription("faults, feature flags and packs to start with (JSON)"),
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
    yield* output.say(`Use it with: export KLINGAI_BASE_URL=${url} KLINGAI_API_KEY=${apiKey}`)
    yield* output.say("It costs nothing. Press Ctrl+C to stop it.")
    return yield* Effect.never
  }, Effect.scoped)
).pipe(
  Command.withDescription("Run a local Kling emulator: real media files and a billing ledger, at no cost"),
  Command.withExamples([
    { command: "klingkit emulator" },
    { command: "klingkit emulator --port 8790 --speed 600 --seed 7", description: "Reproducible and ten times as fast" }
  ])
)
