import { Effect } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import type { KlingError } from "../errors/kling-error.ts"
import { familyOfHandle } from "../handle.ts"
import type { Task } from "../wire/task.ts"
import type { KlingRequest } from "./exchange.ts"
import { readTimeoutMillis } from "./find-task.ts"
import { manyTasks } from "./task-answer.ts"

/** `GET /tasks` takes no more ids at once (measured). */
const idsPerRead = 20
const operation = { id: "new.tasks.get", billed: false } as const

/**
 * Many tasks in few reads: twenty ids a call with an API key, one by one with a key pair. Ids that are not found where
 * all generations are read together are left out; whoever needs them asks for them singly.
 */
export const lookAtMany = Effect.fnUntraced(function* (
  exchange: (request: KlingRequest) => Effect.Effect<unknown, KlingError>,
  look: (id: string) => Effect.Effect<Task, KlingError>,
  credential: CredentialKind,
  ids: ReadonlyArray<string>
): Effect.fn.Return<ReadonlyMap<string, Task>, KlingError> {
  if (credential === "key-pair") {
    const seen = yield* Effect.forEach(
      ids,
      (id) => Effect.map(Effect.option(look(id)), (task) => [id, task] as const),
      {
        concurrency: 4
      }
    )
    return new Map(seen.flatMap(([id, task]) => (task._tag === "Some" ? [[id, task.value] as const] : [])))
  }
  const handles = ids.filter((id) => familyOfHandle(id) !== undefined)
  const others = ids.filter((id) => familyOfHandle(id) === undefined)
  const reads = [
    ...chunks(handles).map((some) => ({ external_task_ids: some.join(",") })),
    ...chunks(others).map((some) => ({ task_ids: some.join(",") }))
  ]
  const answers = yield* Effect.forEach(
    reads,
    (query) =>
      exchange({ operation, method: "GET", path: "/tasks", query, timeoutMillis: readTimeoutMillis }).pipe(
        Effect.flatMap((data) => manyTasks(operation, data))
      ),
    { concurrency: 4 }
  )
  const wanted = new Set(ids)
  return new Map(
    answers
      .flat()
      .flatMap((task) =>
        [task.id, task.externalId].flatMap((id) => (id !== undefined && wanted.has(id) ? [[id, task] as const] : []))
      )
  )
})

const chunks = (ids: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from({ length: Math.ceil(ids.length / idsPerRead) }, (_, index) =>
    ids.slice(index * idsPerRead, (index + 1) * idsPerRead)
  )
