import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { runCli } from "./cli.ts"

runCli(process.argv.slice(2)).pipe(Effect.provide(NodeServices.layer), (program) =>
  NodeRuntime.runMain(program, {
    disableErrorReporting: true,
    teardown: (exit, onExit) => onExit(exit._tag === "Success" ? (exit.value as number) : 130)
  })
)
