import { Effect } from "effect"
import { Command } from "effect/cli"
import { connection } from "../../connection.ts"
import { answerTask } from "../answer-task.ts"
import { timeoutFlag } from "../paid-flags.ts"
import { waitForTask } from "../wait-for-task.ts"
import { idArgument } from "./id-argument.ts"

export const wait = Command.make(
  "wait",
  { task: idArgument, timeout: timeoutFlag },
  Effect.fnUntraced(function* ({ task, timeout }) {
    yield* answerTask(yield* waitForTask(task, { timeout }))
  }, Effect.provide(connection))
).pipe(
  Command.withDescription("Wait until a task has ended; exit code 8 when the time runs out, 1 when it failed"),
  Command.withExamples([
    { command: "klingkit task wait kk-t2v-0123456789abcdefghjkmnpqrs --timeout 5m" },
    {
      command: "klingkit task wait $HANDLE && klingkit task download $HANDLE --output boat.mp4",
      description: "Then fetch it"
    }
  ])
)
