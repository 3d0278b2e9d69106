import { Cause, Effect, Exit, Fiber } from "effect"
import { readArguments } from "./arguments.ts"
import { startEmulator } from "./emulator.ts"

const printLine = (line: string) => Effect.sync(() => process.stdout.write(`${line}\n`))

const main = Effect.gen(function* () {
  const parsed = yield* readArguments(process.argv.slice(2), process.env)
  if ("help" in parsed) return yield* printLine(parsed.help)
  const { url, apiKey, accessKey, secretKey, webhookSecret } = yield* startEmulator(parsed.options)
  yield* printLine(JSON.stringify({ url, apiKey, accessKey, secretKey, webhookSecret }))
  return yield* parsed.untilStdinCloses ? stdinClosed : Effect.never
}).pipe(Effect.scoped)

const stdinClosed = Effect.callback<void>((resume) => {
  process.stdin.resume()
  process.stdin.once("close", () => resume(Effect.void))
  process.stdin.once("end", () => resume(Effect.void))
})

const fiber = Effect.runFork(main)
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => fiber.interruptUnsafe())

const exit = await Effect.runPromise(Fiber.await(fiber))
if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) {
  const error = Cause.squash(exit.cause)
  process.stderr.write(`klingkit-emulator: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
