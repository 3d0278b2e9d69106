import { Effect, Option } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import { invalidInput, KlingError, type KlingErrorReason } from "../errors/kling-error.ts"
import { familyOfHandle } from "../handle.ts"
import type { AnyOperation } from "../operation.ts"
import { catalog } from "../operations/catalog.ts"
import type { Task } from "../wire/task.ts"
import type { Exchange } from "./exchange.ts"
import { isTaskNotFound } from "./known-messages.ts"
import { taskWithId } from "./task-answer.ts"

/** Where a task may be looked up: a collection of the new generation, or a legacy path. */
type LookupEndpoint =
  | { readonly collection: "/tasks" | "/solutions"; readonly by: "task_ids" | "external_task_ids" }
  | { readonly legacyPath: string }

const read = { id: "new.tasks.get", billed: false } as const
export const readTimeoutMillis = 15_000

/** Looks up an id at one endpoint; nothing when it is not there. */
export const lookUp = Effect.fnUntraced(function* (
  exchange: Exchange,
  endpoint: LookupEndpoint,
  id: string,
  timeoutMillis = readTimeoutMillis
): Effect.fn.Return<Option.Option<Task>, KlingError> {
  if ("collection" in endpoint) {
    const data = yield* exchange({
      operation: read,
      method: "GET",
      path: endpoint.collection,
      query: { [endpoint.by]: id },
      timeoutMillis
    })
    return yield* taskWithId(read, data, id)
  }
  return yield* exchange({
    operation: read,
    method: "GET",
    path: `${endpoint.legacyPath}/${encodeURIComponent(id)}`,
    timeoutMillis
  }).pipe(
    Effect.flatMap((data) => taskWithId(read, [data], id)),
    Effect.catchIf(isTaskNotFound, () => Effect.succeedNone)
  )
})

/** Where the task of a create can be looked up by its external id. */
export const lookupEndpointOf = (operation: AnyOperation): LookupEndpoint =>
  operation.generation === "legacy"
    ? { legacyPath: operation.path }
    : { collection: operation.generation === "solutions" ? "/solutions" : "/tasks", by: "external_task_ids" }

/** Every endpoint that may know an id, best first. A handle names its family; a raw Kling id may be anywhere. */
const lookupEndpointsFor = (id: string, credential: CredentialKind): ReadonlyArray<LookupEndpoint> => {
  const listed = catalog.filter((operation) => operation.listed)
  const ofFamily = listed.filter((operation) => operation.family === familyOfHandle(id))
  // A raw id, or the handle of a newer klingkit with families unknown here.
  const anywhere = ofFamily.length === 0
  const creates = anywhere ? listed : ofFamily
  const legacy: ReadonlyArray<LookupEndpoint> = distinct(
    creates.filter((operation) => operation.generation === "legacy").map((operation) => operation.path)
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
    creates.map(lookupEndpointOf).map((endpoint) => ("collection" in endpoint ? endpoint.collection : "/tasks"))
  )
  return [...collections.map((collection): LookupEndpoint => ({ collection, by: "external_task_ids" })), ...legacy]
}

// Failures of the account or the connection: every other endpoint would fail the same way.
const failsEverywhere: ReadonlySet<KlingErrorReason["_tag"]> = new Set([
  "Unauthorized",
  "TokenRejected",
  "AccountBlocked",
  "NotConnected",
  "ConnectionLost",
  "RateLimited"
])

/** Finds a task by klingkit's handle, by another external id, or by Kling's own id, whatever its status word. Fails with `TaskNotFound`. */
export const findTask = Effect.fnUntraced(function* (
  lookUpAt: (endpoint: LookupEndpoint, id: string) => Effect.Effect<Option.Option<Task>, KlingError>,
  credential: CredentialKind,
  id: string
): Effect.fn.Return<Task, KlingError> {
  if (!/^(?!\.{1,2}$)[^\s,]{1,200}$/.test(id))
    return yield* invalidInput([{ field: "id", message: "is not a task id" }])
  let firstFailure: KlingError | undefined
  for (const endpoint of lookupEndpointsFor(id, credential)) {
    const found = yield* lookUpAt(endpoint, id).pipe(
      Effect.catch((error) => {
        if (failsEverywhere.has(error.reason._tag)) return Effect.fail(error)
        firstFailure ??= error
        return Effect.succeed(Option.none<Task>())
      })
    )
    if (Option.isSome(found)) return found.value
  }
  // An endpoint that could not be read may have the task: report that instead of "not found".
  return yield* firstFailure ?? new KlingError({ reason: { _tag: "TaskNotFound", taskId: id } })
})

export type { LookupEndpoint }

function distinct<A>(values: ReadonlyArray<A>): ReadonlyArray<A> {
  return [...new Set(values)]
}
