import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { useProxies } from "@klingkit/jobs/node"
import { Cause, Effect, Exit } from "effect"
import { runCli } from "./cli.ts"
import { exitCode } from "./output/exit-code.ts"
import { failureOf, failureText } from "./output/failure.ts"

// An error that escapes Effect is still printed as a sentence, not as a stack.
process.once("uncaughtException", (error) => {
  process.stderr.write(`${failureText(failureOf(Cause.die(error)))}\n`)
  process.exit(exitCode.failed)
})

Effect.orElseSucceed(useProxies, () => undefined).pipe(
  Effect.tap((problem) =>
    Effect.sync(() => {
      if (problem !== undefined) process.stderr.write(`klingkit: ${problem}; connecting directly\n`)
    })
  ),
  Effect.andThen(runCli(process.argv.slice(2))),
  // The runtime sets an exit code on failure only; ours is a value.
  Effect.tap((code) => Effect.sync(() => void (process.exitCode = code))),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) ? Number(process.exitCode) : exitCode.interrupted)
  })
)
