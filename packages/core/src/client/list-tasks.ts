import { Effect, Option, Predicate, Stream } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import type { KlingError } from "../errors/kling-error.ts"
import { catalog } from "../operations/catalog.ts"
import type { Task, TaskStatus } from "../wire/task.ts"
import type { Exchange } from "./exchange.ts"
import { manyTasks } from "./task-answer.ts"

export interface TaskFilter {
  readonly status?: Exclude<TaskStatus, "unknown">
  readonly product?: "video" | "image" | "try_on"
  /** Milliseconds since 1970. */
  readonly startTime?: number
  readonly endTime?: number
  /** Records a page, 1 to 500; a reader who wants ten does not load a hundred. */
  readonly pageSize?: number
}

/** An API key lists both generations in one place; a key pair has to ask every legacy path. */
export const listTasks = (
  exchange: Exchange,
  credential: CredentialKind,
  filter: TaskFilter
): Stream.Stream<Task, KlingError> =>
  credential === "api-key" ? fromOnePlace(exchange, filter) : fromLegacyPaths(exchange, filter)

const operation = { id: "new.tasks.list", billed: false } as const

const fromOnePlace = (exchange: Exchange, filter: TaskFilter): Stream.Stream<Task, KlingError> => {
  const first = {
    limit: filter.pageSize ?? 100,
    ...(filter.startTime === undefined ? {} : { start_time: filter.startTime }),
    ...(filter.endTime === undefined ? {} : { end_time: filter.endTime }),
    filters: [
      ...(filter.status === undefined
        ? []
        : [{ key: "status", values: [filter.status === "succeed" ? "succeeded" : filter.status] }]),
      ...(filter.product === undefined ? [] : [{ key: "product_type", values: [filter.product] }])
    ]
  }
  return Stream.paginate(Option.none<string>(), (cursor) =>
    Effect.gen(function* () {
      const data = yield* exchange({
        operation,
        method: "POST",
        path: "/tasks",
        body: Option.match(cursor, { onNone: () => first, onSome: (value) => ({ ...first, cursor: value }) }),
        timeoutMillis: 15_000
      })
      const page = Predicate.isObject(data)
        ? (data as { result?: unknown; next_cursor?: unknown; has_more?: unknown })
        : {}
      const tasks = yield* manyTasks(operation, page.result)
      const more = page.has_more === true && Predicate.isString(page.next_cursor) && page.next_cursor !== ""
      return [tasks, more ? Option.some(Option.some(page.next_cursor as string)) : Option.none()] as const
    })
  )
}

const fromLegacyPaths = (exchange: Exchange, filter: TaskFilter): Stream.Stream<Task, KlingError> =>
  Stream.fromIterableEffect(
    Effect.gen(function* () {
      const paths = [
        ...new Set(catalog.filter((one) => one.listed && one.generation === "legacy").map((one) => one.path))
      ]
      const pages = yield* Effect.forEach(
        paths,
        (path) =>
          exchange({
            operation,
            method: "GET",
            path,
            query: { pageNum: "1", pageSize: String(filter.pageSize ?? 100) },
            timeoutMillis: 15_000
          }).pipe(
            Effect.flatMap((data) => manyTasks(operation, data)),
            // A retired or forbidden path does not hide the others.
            Effect.catchReasons("KlingError", {
              NotOffered: () => Effect.succeed([]),
              Forbidden: () => Effect.succeed([])
            })
          ),
        { concurrency: 4 }
      )
      return pages
        .flat()
        .filter((task) => matches(task, filter))
        .toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))
    })
  )

const matches = (task: Task, filter: TaskFilter): boolean =>
  (filter.status === undefined || task.status === filter.status) &&
  (filter.startTime === undefined || (task.createdAt ?? 0) >= filter.startTime) &&
  (filter.endTime === undefined || (task.createdAt ?? 0) <= filter.endTime) &&
  (filter.product === undefined ||
    task.outputs.length === 0 ||
    task.outputs.some((output) => output.type === (filter.product === "try_on" ? "image" : filter.product)))
