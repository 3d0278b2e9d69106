import { Effect, Option, Stream } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import type { KlingError } from "../errors/kling-error.ts"
import { familyOfHandle } from "../handle.ts"
import { catalog } from "../operations/catalog.ts"
import type { Task } from "../wire/task.ts"
import type { KlingRequest } from "./exchange.ts"
import { readTimeoutMillis } from "./find-task.ts"
import { listLegacy, listTasks } from "./list-tasks.ts"
import { manyTasks } from "./task-answer.ts"

/** `GET /tasks` accepts no more ids per call (measured). */
const idsPerRead = 20
/** From this many ids on, listing running tasks at 500 a page takes fewer reads than `GET /tasks`. */
const listFrom = 3 * idsPerRead
/** A key pair has no batch read: from this many ids of one family on, the family's list is read. */
const legacyListFrom = 3
const legacyPageSize = 500
const maxListedTasks = 2000
const operation = { id: "new.tasks.get", billed: false } as const

interface Reads {
  readonly exchange: (request: KlingRequest) => Effect.Effect<unknown, KlingError>
  readonly readTask: (id: string) => Effect.Effect<Task, KlingError>
}

type Found = ReadonlyMap<string, Task>

/**
 * Reads many tasks in few calls: twenty ids a call, and above `listFrom` ids first the list of running tasks, whose
 * length does not grow with finished ones. A key pair reads the lists of the legacy paths.
 * Ids that are not found are left out; the caller may look them up one by one.
 */
export const getTasksBatch = Effect.fnUntraced(function* (
  reads: Reads,
  credential: CredentialKind,
  ids: ReadonlyArray<string>
): Effect.fn.Return<Found, KlingError> {
  if (credential === "key-pair") return yield* fromLegacyPaths(reads, ids)
  if (ids.length < listFrom) return yield* readByIds(reads, ids)
  const running = listTasks(reads.exchange, credential, { status: ["submitted", "processing"], pageSize: 500 })
  const listed = yield* findInList(running, ids, maxListedTasks)
  const rest = ids.filter((id) => !listed.has(id))
  return rest.length === 0 ? listed : new Map([...listed, ...(yield* readByIds(reads, rest))])
})

/** Reads a list until all ids are found, or until the rest is cheaper to read by id. */
const findInList = Effect.fnUntraced(function* (
  tasks: Stream.Stream<Task, KlingError>,
  ids: ReadonlyArray<string>,
  maxTasks: number
): Effect.fn.Return<Found, KlingError> {
  const wanted = new Set(ids)
  const found = new Map<string, Task>()
  const isLast = (task: Task) => {
    for (const [id] of wantedOf([task], wanted)) found.set(id, task)
    return found.size === wanted.size
  }
  yield* Stream.runDrain(Stream.takeUntil(Stream.take(tasks, maxTasks), isLast))
  return found
})

const fromLegacyPaths = Effect.fnUntraced(function* (
  reads: Reads,
  ids: ReadonlyArray<string>
): Effect.fn.Return<Found, KlingError> {
  const byFamily = Map.groupBy(ids, familyOfHandle)
  const found = yield* Effect.forEach(
    byFamily,
    Effect.fnUntraced(function* ([family, familyIds]) {
      const paths = legacyPathsOf(family)
      if (familyIds.length < legacyListFrom || paths.length === 0) return yield* oneByOne(reads, familyIds)
      const listed = yield* findInList(
        listLegacy(reads.exchange, paths, { pageSize: legacyPageSize }),
        familyIds,
        legacyPageSize
      )
      const rest = familyIds.filter((id) => !listed.has(id))
      return new Map([...listed, ...(yield* oneByOne(reads, rest))])
    }),
    { concurrency: 2 }
  )
  return new Map(found.flatMap((tasks) => [...tasks]))
})

/** The paths that list a handle's family; none for Kling's own ids, whose family is unknown. */
const legacyPathsOf = (family: string | undefined): ReadonlyArray<string> => [
  ...new Set(
    catalog.filter((one) => one.listed && one.generation === "legacy" && one.family === family).map((one) => one.path)
  )
]

const oneByOne = Effect.fnUntraced(function* ({ readTask }: Reads, ids: ReadonlyArray<string>) {
  const read = yield* Effect.forEach(
    ids,
    (id) => Effect.map(Effect.option(readTask(id)), (task) => [id, task] as const),
    {
      concurrency: 4
    }
  )
  return new Map(read.flatMap(([id, task]) => (Option.isSome(task) ? [[id, task.value] as const] : [])))
})

const readByIds = Effect.fnUntraced(function* ({ exchange }: Reads, ids: ReadonlyArray<string>) {
  const isHandle = (id: string) => familyOfHandle(id) !== undefined
  const queries = [
    ...chunks(ids.filter(isHandle)).map((chunk) => ({ external_task_ids: chunk.join(",") })),
    ...chunks(ids.filter((id) => !isHandle(id))).map((chunk) => ({ task_ids: chunk.join(",") }))
  ]
  const answers = yield* Effect.forEach(
    queries,
    (query) =>
      exchange({ operation, method: "GET", path: "/tasks", query, timeoutMillis: readTimeoutMillis }).pipe(
        Effect.flatMap((data) => manyTasks(operation, data))
      ),
    { concurrency: 4 }
  )
  return wantedOf(answers.flat(), new Set(ids))
})

const wantedOf = (tasks: ReadonlyArray<Task>, wanted: ReadonlySet<string>): Found =>
  new Map(
    tasks.flatMap((task) =>
      [task.id, task.externalId].flatMap((id) => (id !== undefined && wanted.has(id) ? [[id, task] as const] : []))
    )
  )

const chunks = (ids: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from({ length: Math.ceil(ids.length / idsPerRead) }, (_, index) =>
    ids.slice(index * idsPerRead, (index + 1) * idsPerRead)
  )
