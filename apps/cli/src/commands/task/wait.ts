import { Effect } from "effect"
import { Command } from "effect/cli"
import { printTask } from "../print-task.ts"
import { timeoutFlag } from "../paid-flags.ts"
import { tellOfTask } from "../tell-of-jobs.ts"
import { waitForTask } from "../wait-for-task.ts"
import { idArgument } from "./id-argument.ts"

export const wait = Command.make("wait", { task: idArgument, timeout: timeoutFlag }, ({ task, timeout }) =>
  waitForTask(task, { deadline: timeout }).pipe(
    Effect.flatMap((job) => printTask(job)),
    tellOfTask(task)
  )
).pipe(
  Command.withDescription("Wait for a task to finish; exit code 8 on timeout, 1 if the task failed"),
  Command.withExamples([
    { command: "klingkit task wait kk-t2v-0123456789abcdefghjkmnpqrs --timeout 5m" },
    {
      command: "klingkit task wait $HANDLE && klingkit task download $HANDLE --output boat.mp4",
      description: "Wait, then download"
    }
  ])
)
