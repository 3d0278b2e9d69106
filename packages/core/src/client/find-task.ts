import { Effect, Option } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import { invalidInput, KlingError, type KlingErrorReason } from "../errors/kling-error.ts"
import { familyOfHandle } from "../handle.ts"
import type { AnyOperation } from "../operation.ts"
import { catalog } from "../operations/catalog.ts"
import type { Task } from "../wire/task.ts"
import type { Exchange } from "./exchange.ts"
import { saysTaskNotFound } from "./known-messages.ts"
import { manyTasks, oneTask, unexpectedAnswer } from "./task-answer.ts"

/** One place where a task may be looked up: a collection of the new generation, or a legacy path. */
type Place =
  | { readonly collection: "/tasks" | "/solutions"; readonly by: "task_ids" | "external_task_ids" }
  | { readonly legacyPath: string }

const read = { id: "new.tasks.get", billed: false } as const
export const readTimeoutMillis = 15_000

/** Looks at one place; an id that is not there gives nothing. */
export const lookUp = Effect.fnUntraced(function* (
  exchange: Exchange,
  place: Place,
  id: string,
  timeoutMillis = readTimeoutMillis
): Effect.fn.Return<Option.Option<Task>, KlingError> {
  if ("collection" in place) {
    const data = yield* exchange({
      operation: read,
      method: "GET",
      path: place.collection,
      query: { [place.by]: id },
      timeoutMillis
    })
    const tasks = yield* manyTasks(read, data)
    const found = tasks.find((task) => task.id === id || task.externalId === id)
    return Option.fromUndefinedOr(found)
  }
  return yield* exchange({
    operation: read,
    method: "GET",
    path: `${place.legacyPath}/${encodeURIComponent(id)}`,
    timeoutMillis
  }).pipe(
    Effect.flatMap((data) => Effect.asSome(oneTask(read, data))),
    Effect.catchIf(saysTaskNotFound, () => Effect.succeedNone)
  )
})

/** Where a create's task can be found by the caller's own id. */
export const placeOfCreate = (operation: AnyOperation): Place =>
  operation.generation === "legacy"
    ? { legacyPath: operation.path }
    : { collection: operation.generation === "solutions" ? "/solutions" : "/tasks", by: "external_task_ids" }

/** Every place worth a look for an id, best first. A handle names its family; a raw Kling id may be anywhere. */
const placesOf = (id: string, credential: CredentialKind): ReadonlyArray<Place> => {
  const listed = catalog.filter((one) => one.listed)
  const ofFamily = listed.filter((one) => one.family === familyOfHandle(id))
  // A raw id, or the handle of a newer klingkit with families of its own.
  const anywhere = ofFamily.length === 0
  const creates = anywhere ? listed : ofFamily
  const legacy: ReadonlyArray<Place> = distinct(
    creates.filter((one) => one.generation === "legacy").map((one) => one.path)
  ).map((legacyPath) => ({ legacyPath }))
  if (credential === "key-pair") return legacy
  if (anywhere) {
    return [
      { collection: "/tasks", by: "task_ids" },
      { collection: "/tasks", by: "external_task_ids" },
      { collection: "/solutions", by: "task_ids" },
      { collection: "/solutions", by: "external_task_ids" }
    ]
  }
  const collections = distinct(
    creates.map(placeOfCreate).map((place) => ("collection" in place ? place.collection : "/tasks"))
  )
  return [...collections.map((collection): Place => ({ collection, by: "external_task_ids" })), ...legacy]
}

// Failures of the account or the way to Kling: every other place would answer the same.
const sameEverywhere: ReadonlySet<KlingErrorReason["_tag"]> = new Set([
  "Unauthorized",
  "TokenRejected",
  "AccountBlocked",
  "NotConnected",
  "ConnectionLost",
  "RateLimited"
])

/**
 * Finds a task by klingkit's handle, by another external id, or by Kling's own id. Fails with `TaskNotFound`, and with
 * `UnexpectedAnswer` when the task has a status word that klingkit does not know: it could be waited for in vain.
 */
export const findTask = Effect.fnUntraced(function* (
  lookUpAt: (place: Place, id: string) => Effect.Effect<Option.Option<Task>, KlingError>,
  credential: CredentialKind,
  id: string
): Effect.fn.Return<Task, KlingError> {
  if (!/^(?!\.{1,2}$)[^\s,]{1,200}$/.test(id))
    return yield* invalidInput([{ field: "id", message: "is not a task id" }])
  let firstFailure: KlingError | undefined
  for (const place of placesOf(id, credential)) {
    const found = yield* lookUpAt(place, id).pipe(
      Effect.catch((error) => {
        if (sameEverywhere.has(error.reason._tag)) return Effect.fail(error)
        firstFailure ??= error
        return Effect.succeed(Option.none<Task>())
      })
    )
    if (Option.isNone(found)) continue
    const { status, statusWord } = found.value
    if (status !== "unknown") return found.value
    return yield* unexpectedAnswer(read, `task ${found.value.id} has the unknown status "${statusWord}"`)
  }
  // A place that could not be read may hold the task: say that rather than "not found".
  return yield* firstFailure ?? new KlingError({ reason: { _tag: "TaskNotFound", taskId: id } })
})

export type { Place }

function distinct<A>(values: ReadonlyArray<A>): ReadonlyArray<A> {
  return [...new Set(values)]
}
