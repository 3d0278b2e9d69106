import { Jobs } from "@klingkit/jobs"
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { connection } from "../../connection.ts"
import { usageError } from "../../output/failure.ts"
import { printTask } from "../print-task.ts"
import { toggle } from "../toggle.ts"

const flags = {
  handle: Argument.String("handle").pipe(
    Argument.withDescription("the handle (kk-...) of a task whose outcome is unknown")
  ),
  taskId: Flag.String("task-id").pipe(
    Flag.withMetavar("id"),
    Flag.withDescription("Kling's id of the task that the request made"),
    Flag.optional
  ),
  notMade: toggle("not-made", "the request made no task: its price is released, and the same request is sent anew")
}

export const resolve = Command.make(
  "resolve",
  flags,
  Effect.fnUntraced(function* ({ handle, taskId, notMade }) {
    if (Option.isSome(taskId) === notMade) {
      return yield* usageError([{ field: "--task-id", message: "or --not-made is needed, and only one of them" }])
    }
    const jobs = yield* Jobs
    const resolution = Option.match(taskId, {
      onNone: () => ({ notMade: true }) as const,
      onSome: (id) => ({ taskId: id })
    })
    yield* printTask(yield* jobs.resolve(handle, resolution))
  }, Effect.provide(connection))
).pipe(
  Command.withDescription("Say which task a request made whose answer was lost, or that it made none"),
  Command.withExamples([
    {
      command: "klingkit task get kk-t2v-0123456789abcdefghjkmnpqrs",
      description: "Lists the tasks that it may be"
    },
    { command: "klingkit task resolve kk-t2v-0123456789abcdefghjkmnpqrs --task-id 890123456789012345" },
    { command: "klingkit task resolve kk-t2v-0123456789abcdefghjkmnpqrs --not-made" }
  ])
)
