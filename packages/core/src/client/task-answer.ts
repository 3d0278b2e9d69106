import { Effect, Option, Schema } from "effect"
import { KlingError } from "../errors/kling-error.ts"
import { sanitizeText } from "../errors/sanitize-text.ts"
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
  new KlingError({
    reason: { _tag: "UnexpectedAnswer", detail: sanitizeText(detail) },
    operation: from.id,
    billed: from.billed
  })

/** The task in a response; its status word may be unknown to klingkit. */
const oneTask = (from: From, data: unknown): Effect.Effect<Task, KlingError> =>
  Effect.fromOption(taskFrom(data)).pipe(Effect.mapError(() => unexpectedAnswer(from, "the response contains no task")))

/**
 * The task that a create returns. One that carries another external id is another request's: what became of this one is
 * then unknown. Some solutions report it as succeeded at once: without outputs it is only submitted.
 */
export const createdTask = (from: From, data: unknown, externalTaskId?: string): Effect.Effect<Task, KlingError> =>
  Effect.flatMap(oneTask(from, data), (task) =>
    externalTaskId !== undefined && (task.externalId ?? externalTaskId) !== externalTaskId
      ? Effect.fail(unexpectedAnswer(from, "the response is about a task with another external id"))
      : Effect.succeed(isUnfinished(task) ? { ...task, status: "submitted" } : task)
  )

const isUnfinished = ({ status, outputs }: Task): boolean => status === "succeed" && outputs.length === 0

/** Decodes a list of tasks one by one: an invalid record does not hide the others. A list of nothing else is not empty. */
export const manyTasks = Effect.fnUntraced(function* (
  from: From,
  data: unknown
): Effect.fn.Return<ReadonlyArray<Task>, KlingError> {
  const list = yield* records(from, data)
  const tasks = list.flatMap((record) => Option.toArray(taskFrom(record)))
  if (tasks.length === 0 && list.length > 0)
    return yield* unexpectedAnswer(from, `none of ${list.length} tasks in the response can be read`)
  return tasks
})

/** The one task that was asked for by an id. Only an empty list says that there is none: records of other tasks prove nothing. */
export const taskWithId = Effect.fnUntraced(function* (
  from: From,
  data: unknown,
  id: string
): Effect.fn.Return<Option.Option<Task>, KlingError> {
  const list = yield* records(from, data)
  const found = list.flatMap((record) => Option.toArray(taskFrom(record))).find((task) => isCalled(task, id))
  if (found === undefined && list.length > 0)
    return yield* unexpectedAnswer(from, `the response contains no readable task ${id}`)
  return Option.fromUndefinedOr(found)
})

/** A legacy record may leave out the external id by which it was asked for, but never Kling's own id. */
const isCalled = (task: Task, id: string): boolean =>
  task.id === id || (task.externalId === undefined ? !/^\d+$/.test(id) : task.externalId === id)

const records = (from: From, data: unknown): Effect.Effect<ReadonlyArray<unknown>, KlingError> =>
  Array.isArray(data)
    ? Effect.succeed(data)
    : Effect.fail(unexpectedAnswer(from, "the response contains no list of tasks"))
