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

/** `GET /tasks` takes no more ids at once (measured). */
const idsPerRead = 20
/** From here on the list of what is under way, 500 a page, costs fewer reads than the ids. */
const listFrom = 3 * idsPerRead
/** A key pair has no read for several ids: from so many of one kind on, the list of that kind is read. */
const legacyListFrom = 3
const legacyPageSize = 500
const mostListed = 2000
const operation = { id: "new.tasks.get", billed: false } as const

interface Reads {
  readonly exchange: (request: KlingRequest) => Effect.Effect<unknown, KlingError>
  readonly look: (id: string) => Effect.Effect<Task, KlingError>
}

type Found = ReadonlyMap<string, Task>

/**
 * Many tasks in few reads. When they are very many, what is still under way is read from the list, whose length does not
 * grow with what has ended; all others twenty ids a call. A key pair reads the lists of the legacy paths.
 * Ids that are found nowhere are left out; whoever needs them asks for them singly.
 */
export const lookAtMany = Effect.fnUntraced(function* (
  reads: Reads,
  credential: CredentialKind,
  ids: ReadonlyArray<string>
): Effect.fn.Return<Found, KlingError> {
  if (credential === "key-pair") return yield* onLegacyPaths(reads, ids)
  if (ids.length < listFrom) return yield* byIds(reads, ids)
  const underWay = listTasks(reads.exchange, credential, { status: ["submitted", "processing"], pageSize: 500 })
  const listed = yield* searchIn(underWay, ids, mostListed)
  const rest = ids.filter((id) => !listed.has(id))
  return rest.length === 0 ? listed : new Map([...listed, ...(yield* byIds(reads, rest))])
})

/** Reads a list until all are found, or so much of it that the rest is cheaper read by its ids. */
const searchIn = Effect.fnUntraced(function* (
  tasks: Stream.Stream<Task, KlingError>,
  ids: ReadonlyArray<string>,
  most: number
): Effect.fn.Return<Found, KlingError> {
  const wanted = new Set(ids)
  const found = new Map<string, Task>()
  const isLast = (task: Task) => {
    for (const [id] of wantedOf([task], wanted)) found.set(id, task)
    return found.size === wanted.size
  }
  yield* Stream.runDrain(Stream.takeUntil(Stream.take(tasks, most), isLast))
  return found
})

const onLegacyPaths = Effect.fnUntraced(function* (
  reads: Reads,
  ids: ReadonlyArray<string>
): Effect.fn.Return<Found, KlingError> {
  const kinds = Map.groupBy(ids, familyOfHandle)
  const found = yield* Effect.forEach(
    kinds,
    Effect.fnUntraced(function* ([family, some]) {
      const paths = legacyPathsOf(family)
      if (some.length < legacyListFrom || paths.length === 0) return yield* oneByOne(reads, some)
      const listed = yield* searchIn(
        listLegacy(reads.exchange, paths, { pageSize: legacyPageSize }),
        some,
        legacyPageSize
      )
      const rest = some.filter((id) => !listed.has(id))
      return new Map([...listed, ...(yield* oneByOne(reads, rest))])
    }),
    { concurrency: 2 }
  )
  return new Map(found.flatMap((some) => [...some]))
})

/** Where a handle's family is listed; nothing for Kling's own ids, which may be of any. */
const legacyPathsOf = (family: string | undefined): ReadonlyArray<string> => [
  ...new Set(
    catalog.filter((one) => one.listed && one.generation === "legacy" && one.family === family).map((one) => one.path)
  )
]

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
