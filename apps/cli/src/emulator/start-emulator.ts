import type { EmulatorOptions } from "@klingkit/emulator"
import { Effect } from "effect"
import { exitCode } from "../output/exit-code.ts"
import { CommandError } from "../output/failure.ts"

/** Loaded on demand: its media stack is not installed with this program. */
const load = Effect.tryPromise({
  try: () => import("@klingkit/emulator"),
  catch: () =>
    failure("CLI_EMULATOR_MISSING", "the emulator is not installed", "install it: npm install -g @klingkit/emulator")
})

/** Starts an emulator in this process; it ends with the scope. */
export const startEmulator = Effect.fnUntraced(function* (options: EmulatorOptions) {
  const { runEmulator } = yield* load
  return yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: () => runEmulator(options),
      catch: (error) =>
        failure(
          "CLI_EMULATOR_FAILED",
          error instanceof Error ? error.message : String(error),
          "see klingkit emulator --help"
        )
    }),
    (running) => Effect.promise(() => running.close())
  )
})

const failure = (code: string, message: string, suggestion: string) =>
  new CommandError({ failure: { code, message, suggestion, charged: "no", exitCode: exitCode.failed } })
