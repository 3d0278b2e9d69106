import { Cause, Effect, Exit, Fiber } from "effect"
import { readArguments } from "./arguments.ts"
import { startEmulator } from "./emulator.ts"

const say = (line: string) => Effect.sync(() => process.stdout.write(`${line}\n`))

const main = Effect.gen(function* () {
  const asked = yield* readArguments(process.argv.slice(2), process.env)
  if ("help" in asked) return yield* say(asked.help)
  const { url, apiKey, accessKey, secretKey, webhookSecret } = yield* startEmulator(asked.options)
  yield* say(JSON.stringify({ url, apiKey, accessKey, secretKey, webhookSecret }))
  return yield* asked.untilStdinCloses ? stdinClosed : Effect.never
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
