import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { connection } from "../../connection.ts"
import { printTask } from "../print-task.ts"
import { idArgument } from "./id-argument.ts"

export const get = Command.make(
  "get",
  { task: idArgument },
  Effect.fnUntraced(function* ({ task }) {
    const jobs = yield* Jobs
    yield* printTask(yield* jobs.status(task))
  }, Effect.provide(connection))
).pipe(
  Command.withDescription("Show a task's status and results"),
  Command.withExamples([
    { command: "klingkit task get kk-t2v-0123456789abcdefghjkmnpqrs" },
    { command: "klingkit task get 890123456789012345 --json", description: "By Kling's task id" }
  ])
)
