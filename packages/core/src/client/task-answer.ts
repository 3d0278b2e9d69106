import { Effect, Option, Schema } from "effect"
import { KlingError } from "../errors/kling-error.ts"
import type { AnyOperation } from "../operation.ts"
import { fromLegacyTask, LegacyTask } from "../wire/legacy-task.ts"
import { fromNewTask, NewTask } from "../wire/new-task.ts"
import type { Task } from "../wire/task.ts"

type From = Pick<AnyOperation, "id" | "billed">

const asNew = Schema.decodeUnknownOption(NewTask)
const asLegacy = Schema.decodeUnknownOption(LegacyTask)

/** Decodes a task of either generation; the two never share their id field, and solutions mix them. */
export const taskFrom = (data: unknown): Option.Option<Task> =>
  Option.orElse(Option.map(asNew(data), fromNewTask), () => Option.map(asLegacy(data), fromLegacyTask))

export const unexpectedAnswer = (from: From, detail: string): KlingError =>
  new KlingError({ reason: { _tag: "UnexpectedAnswer", detail }, operation: from.id, billed: from.billed })

/** The task in a response; its status word may be unknown to klingkit. */
export const oneTask = (from: From, data: unknown): Effect.Effect<Task, KlingError> =>
  Effect.fromOption(taskFrom(data)).pipe(Effect.mapError(() => unexpectedAnswer(from, "the response contains no task")))

/** The task that a create returns. Some solutions report it as succeeded at once: without outputs it is only submitted. */
export const createdTask = (from: From, data: unknown): Effect.Effect<Task, KlingError> =>
  Effect.map(oneTask(from, data), (task) =>
    task.status === "succeed" && task.outputs.length === 0 ? { ...task, status: "submitted" } : task
  )

/** Decodes a list of tasks one by one: an invalid record does not hide the others. */
export const manyTasks = (from: From, data: unknown): Effect.Effect<ReadonlyArray<Task>, KlingError> =>
  Array.isArray(data)
    ? Effect.succeed(data.flatMap((record) => Option.toArray(taskFrom(record))))
    : Effect.fail(unexpectedAnswer(from, "the response contains no list of tasks"))
