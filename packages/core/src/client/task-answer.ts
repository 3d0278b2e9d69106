import { Effect, Option, Schema } from "effect"
import { KlingError } from "../errors/kling-error.ts"
import type { AnyOperation } from "../operation.ts"
import { fromLegacyTask, LegacyTask } from "../wire/legacy-task.ts"
import { fromNewTask, NewTask } from "../wire/new-task.ts"
import type { Task } from "../wire/task.ts"

type From = Pick<AnyOperation, "id" | "billed">

const asNew = Schema.decodeUnknownOption(NewTask)
const asLegacy = Schema.decodeUnknownOption(LegacyTask)

/** Reads a task record of either generation; the two never share their id field, and solutions mix them. */
export const taskFrom = (data: unknown): Option.Option<Task> =>
  Option.orElse(Option.map(asNew(data), fromNewTask), () => Option.map(asLegacy(data), fromLegacyTask))

export const unexpectedAnswer = (from: From, detail: string): KlingError =>
  new KlingError({ reason: { _tag: "UnexpectedAnswer", detail }, operation: from.id, billed: from.billed })

/** The task that an answer holds; its status word may be one that klingkit does not know. */
export const oneTask = (from: From, data: unknown): Effect.Effect<Task, KlingError> =>
  Effect.fromOption(taskFrom(data)).pipe(Effect.mapError(() => unexpectedAnswer(from, "the answer holds no task")))

/** The task that a create answers with. Some solutions call it succeeded at once: without results it has only begun. */
export const createdTask = (from: From, data: unknown): Effect.Effect<Task, KlingError> =>
  Effect.map(oneTask(from, data), (task) =>
    task.status === "succeed" && task.outputs.length === 0 ? { ...task, status: "submitted" } : task
  )

/** A list of tasks, record by record: one that cannot be read does not hide the others. */
export const manyTasks = (from: From, data: unknown): Effect.Effect<ReadonlyArray<Task>, KlingError> =>
  Array.isArray(data)
    ? Effect.succeed(data.flatMap((one) => Option.toArray(taskFrom(one))))
    : Effect.fail(unexpectedAnswer(from, "the answer holds no list of tasks"))
