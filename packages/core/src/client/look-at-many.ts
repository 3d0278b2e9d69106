import { Effect, Option, Stream } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import type { KlingError } from "../errors/kling-error.ts"
import { familyOfHandle } from "../handle.ts"
import type { Task } from "../wire/task.ts"
import type { KlingRequest } from "./exchange.ts"
import { readTimeoutMillis } from "./find-task.ts"
import { manyTasks } from "./task-answer.ts"

/** `GET /tasks` takes no more ids at once (measured). */
const idsPerRead = 20
/** From here on the list of the newest tasks, 500 a page, costs fewer reads than their ids. */
const listFrom = 3 * idsPerRead
const mostListed = 2000
const operation = { id: "new.tasks.get", billed: false } as const

interface Reads {
  readonly exchange: (request: KlingRequest) => Effect.Effect<unknown, KlingError>
  readonly look: (id: string) => Effect.Effect<Task, KlingError>
  /** The newest tasks first, in pages of 500. */
  readonly newest: Stream.Stream<Task, KlingError>
}

type Found = ReadonlyMap<string, Task>

/**
 * Many tasks in few reads: from the list when they are very many, else twenty ids a call; with a key pair one by one.
 * Ids that are found nowhere are left out; whoever needs them asks for them singly.
 */
export const lookAtMany = Effect.fnUntraced(function* (
  reads: Reads,
  credential: CredentialKind,
  ids: ReadonlyArray<string>
): Effect.fn.Return<Found, KlingError> {
  if (credential === "key-pair") return yield* oneByOne(reads, ids)
  if (ids.length < listFrom) return yield* byIds(reads, ids)
  const listed = wantedOf(yield* Stream.runCollect(Stream.take(reads.newest, mostListed)), ids)
  const rest = ids.filter((id) => !listed.has(id))
  return rest.length === 0 ? listed : new Map([...listed, ...(yield* byIds(reads, rest))])
})

const oneByOne = Effect.fnUntraced(function* ({ look }: Reads, ids: ReadonlyArray<string>) {
  const seen = yield* Effect.forEach(ids, (id) => Effect.map(Effect.option(look(id)), (task) => [id, task] as const), {
    concurrency: 4
  })
  return new Map(seen.flatMap(([id, task]) => (Option.isSome(task) ? [[id, task.value] as const] : [])))
})

const byIds = Effect.fnUntraced(function* ({ exchange }: Reads, ids: ReadonlyArray<string>) {
  const isHandle = (id: string) => familyOfHandle(id) !== undefined
  const queries = [
    ...chunks(ids.filter(isHandle)).map((some) => ({ external_task_ids: some.join(",") })),
    ...chunks(ids.filter((id) => !isHandle(id))).map((some) => ({ task_ids: some.join(",") }))
  ]
  const answers = yield* Effect.forEach(
    queries,
    (query) =>
      exchange({ operation, method: "GET", path: "/tasks", query, timeoutMillis: readTimeoutMillis }).pipe(
        Effect.flatMap((data) => manyTasks(operation, data))
      ),
    { concurrency: 4 }
  )
  return wantedOf(answers.flat(), ids)
})

const wantedOf = (tasks: ReadonlyArray<Task>, ids: ReadonlyArray<string>): Found => {
  const wanted = new Set(ids)
  return new Map(
    tasks.flatMap((task) =>
      [task.id, task.externalId].flatMap((id) => (id !== undefined && wanted.has(id) ? [[id, task] as const] : []))
    )
  )
}

const chunks = (ids: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from({ length: Math.ceil(ids.length / idsPerRead) }, (_, index) =>
    ids.slice(index * idsPerRead, (index + 1) * idsPerRead)
  )
