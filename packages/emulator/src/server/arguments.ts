import { Effect, Result, Schema } from "effect"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { readFile } from "node:fs/promises"
import { parseArgs } from "node:util"
import { FaultPlan, faultKinds } from "../faults/fault-plan.ts"
import { isRealKey } from "../world/keys.ts"
import { EmulatorError, type EmulatorOptions } from "./emulator.ts"

interface ParsedArguments {
  readonly options: EmulatorOptions
  readonly untilStdinCloses: boolean
}

const help = `klingkit-emulator: a local Kling emulator with real media and a billing ledger. It costs nothing.

  klingkit-emulator [--port 0] [--host 127.0.0.1] [--speed 60] [--seed N] [--faults FILE]

  --port N               port to listen on; 0 (default) picks a free one
  --host HOST            127.0.0.1 (default) or ::1; loopback only
  --speed N              run tasks this many times faster than Kling; default 60
  --seed N               the same seed gives the same keys, ids, durations and media
  --faults FILE          initial faults, switches and packs (JSON)
  --until-stdin-closes   exit when standard input closes

The first line on standard output is JSON: url, apiKey, accessKey, secretKey, webhookSecret.
In a prompt, [fail] makes the task fail, and [refuse] gets the create rejected (400, code 1301).

Control plane, without a key:
  GET  /_emulator/ledger      list charges
  GET  /_emulator/requests    list requests
  GET  /_emulator/state       show packs, faults, switches and the clock
  POST /_emulator/faults      add faults: {"faults": [{"fault": "commit-then-drop", "on": "new.t2v.*", "nth": 1}]}
  DELETE /_emulator/faults    clear all faults
  POST /_emulator/advance     advance the clock: {"seconds": 60}

Faults (each takes "on": an operation id or path with *, "nth", "count", "probability"):
${faultKinds.map(({ name, meaning }) => `  ${name.padEnd(22)} ${meaning}`).join("\n")}`

const failed = (message: string) => new EmulatorError({ message })

/** Parses the command line; fails with a one-sentence error when it is invalid. */
export const readArguments = Effect.fnUntraced(function* (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string | undefined>>
): Effect.fn.Return<ParsedArguments | { readonly help: string }, EmulatorError> {
  const parsed = Result.try(() =>
    parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        host: { type: "string" },
        speed: { type: "string" },
        seed: { type: "string" },
        faults: { type: "string" },
        "until-stdin-closes": { type: "boolean" },
        help: { type: "boolean", short: "h" }
      }
    })
  )
  if (Result.isFailure(parsed)) {
    return yield* failed(
      `${parsed.failure instanceof Error ? parsed.failure.message : "invalid arguments"}. See --help.`
    )
  }
  const { values } = parsed.success
  if (values.help === true) return { help }
  if (isRealKey(env["KLINGAI_API_KEY"] ?? "")) {
    return yield* failed(
      "KLINGAI_API_KEY looks like a real key. Unset it here first: a command without the emulator's address would spend money with it."
    )
  }
  const port = yield* numberOf("--port", values.port, 0, 65_535)
  const speed = yield* numberOf("--speed", values.speed, 0.001, 1e6)
  const seed = yield* numberOf("--seed", values.seed, 0, 2 ** 32 - 1)
  const faults = values.faults === undefined ? undefined : yield* readFaults(values.faults)
  return {
    untilStdinCloses: values["until-stdin-closes"] === true,
    options: {
      seed: seed ?? (yield* randomSeed),
      ...(port === undefined ? {} : { port }),
      ...(values.host === undefined ? {} : { host: values.host }),
      ...(speed === undefined ? {} : { speed }),
      ...(faults === undefined ? {} : { faults })
    }
  }
})

const randomSeed = SecureRandom.SecureRandom.use((random) => random.intBetween(0, 2 ** 32 - 1)).pipe(
  Effect.provide(SecureRandom.layerWebCrypto)
)

const numberOf = Effect.fnUntraced(function* (name: string, text: string | undefined, min: number, max: number) {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === "" || !(value >= min && value <= max) || (name !== "--speed" && !Number.isInteger(value))) {
    return yield* failed(`${name} must be a number from ${min} to ${max}, not ${JSON.stringify(text)}.`)
  }
  return value
})

const decodePlan = Schema.decodeUnknownResult(Schema.fromJsonString(FaultPlan), { onExcessProperty: "error" })

const readFaults = Effect.fnUntraced(function* (path: string) {
  const text = yield* Effect.tryPromise({
    try: () => readFile(path, "utf8"),
    catch: () => failed(`The faults file ${path} cannot be read.`)
  })
  const plan = decodePlan(text)
  return Result.isSuccess(plan)
    ? plan.success
    : yield* failed(`The faults file ${path} is not valid: ${plan.failure.message}`)
})
