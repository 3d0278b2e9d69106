import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { printTask } from "../print-task.ts"
import { tellOfTask } from "../tell-of-jobs.ts"
import { idArgument } from "./id-argument.ts"

export const get = Command.make("get", { task: idArgument }, ({ task }) =>
  Jobs.use((jobs) => jobs.status(task)).pipe(
    Effect.flatMap((job) => printTask(job)),
    tellOfTask(task)
  )
).pipe(
  Command.withDescription("Show a task's status and results"),
  Command.withExamples([
    { command: "klingkit task get kk-t2v-0123456789abcdefghjkmnpqrs" },
    { command: "klingkit task get 890123456789012345 --json", description: "By Kling's task id" }
  ])
)
