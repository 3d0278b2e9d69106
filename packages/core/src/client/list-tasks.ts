import { Effect, Option, Predicate, Result, Stream } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import type { KlingError } from "../errors/kling-error.ts"
import type { AnyOperation } from "../operation.ts"
import { catalog } from "../operations/catalog.ts"
import type { Task, TaskStatus } from "../wire/task.ts"
import type { Exchange } from "./exchange.ts"
import { manyTasks } from "./task-answer.ts"

type KnownStatus = Exclude<TaskStatus, "unknown">

export interface TaskFilter {
  /** One status, or any of several. */
  readonly status?: KnownStatus | ReadonlyArray<KnownStatus>
  readonly product?: "video" | "image" | "try_on"
  /** Only the list that shows the tasks of this create: the narrowest that Kling has, which may show others as well. */
  readonly operation?: AnyOperation
  /** Milliseconds since 1970. */
  readonly startTime?: number
  readonly endTime?: number
  /** Tasks per page, 1 to 500; set it low to load only a few. */
  readonly pageSize?: number
}

/** An API key lists both generations through one endpoint; a key pair has to list every legacy path. */
export const listTasks = (
  exchange: Exchange,
  credential: CredentialKind,
  filter: TaskFilter
): Stream.Stream<Task, KlingError> =>
  filter.operation === undefined
    ? credential === "api-key"
      ? fromTaskList(exchange, filter)
      : fromLegacyPaths(exchange, filter)
    : filter.operation.generation === "legacy"
      ? listLegacy(exchange, [filter.operation.path], filter)
      : fromTaskList(exchange, { ...filter, ...productFilter(filter.operation) }, collectionOf(filter.operation))

/** Whether the list that shows the tasks of `operation` may show those of `other` too. */
export const sharesTaskList = (operation: AnyOperation, other: AnyOperation): boolean => {
  if (!operation.listed || !other.listed) return false
  if (operation.generation === "legacy") return other.path === operation.path
  if (collectionOf(operation) !== collectionOf(other)) return false
  const [product, otherProduct] = [operation, other].map(listedProduct)
  return product === undefined || otherProduct === undefined || product === otherProduct
}

/** The list of the new generation shows legacy tasks too. */
const collectionOf = ({ generation }: AnyOperation): "/tasks" | "/solutions" =>
  generation === "solutions" ? "/solutions" : "/tasks"

/** Nothing where Kling does not say under which product it lists the task. */
const listedProduct = ({ generation, family, path }: AnyOperation): TaskFilter["product"] =>
  generation === "new"
    ? family === "image"
      ? "image"
      : "video"
    : generation === "legacy"
      ? productOf(path)
      : undefined

const productFilter = (operation: AnyOperation): Pick<TaskFilter, "product"> => {
  const product = listedProduct(operation)
  return product === undefined ? {} : { product }
}

const listing = { id: "new.tasks.list", billed: false } as const

const statuses = ({ status = [] }: TaskFilter): ReadonlyArray<KnownStatus> => [status].flat()

const fromTaskList = (
  exchange: Exchange,
  filter: TaskFilter,
  collection: "/tasks" | "/solutions" = "/tasks"
): Stream.Stream<Task, KlingError> => {
  const first = {
    limit: filter.pageSize ?? 100,
    ...(filter.startTime === undefined ? {} : { start_time: filter.startTime }),
    ...(filter.endTime === undefined ? {} : { end_time: filter.endTime }),
    filters: [
      ...(filter.status === undefined
        ? []
        : [{ key: "status", values: statuses(filter).map((one) => (one === "succeed" ? "succeeded" : one)) }]),
      ...(filter.product === undefined ? [] : [{ key: "product_type", values: [filter.product] }])
    ]
  }
  return Stream.paginate(Option.none<string>(), (cursor) =>
    Effect.gen(function* () {
      const data = yield* exchange({
        operation: listing,
        method: "POST",
        path: collection,
        body: Option.match(cursor, { onNone: () => first, onSome: (value) => ({ ...first, cursor: value }) }),
        timeoutMillis: 15_000
      })
      const page = Predicate.isObject(data)
        ? (data as { result?: unknown; next_cursor?: unknown; has_more?: unknown })
        : {}
      const tasks = yield* manyTasks(listing, page.result)
      const next = page.has_more === true && Predicate.isString(page.next_cursor) ? page.next_cursor : ""
      // A cursor that does not move would list the same page for ever.
      const isLast = next === "" || next === Option.getOrUndefined(cursor)
      return [tasks, isLast ? Option.none() : Option.some(Option.some(next))] as const
    })
  )
}

const fromLegacyPaths = (exchange: Exchange, filter: TaskFilter): Stream.Stream<Task, KlingError> =>
  listLegacy(exchange, legacyPaths(filter.product), filter)

/** Reads page by page across all paths, newest first within each round; a path is dropped when its page is not full. */
export const listLegacy = (
  exchange: Exchange,
  allPaths: ReadonlyArray<string>,
  filter: TaskFilter
): Stream.Stream<Task, KlingError> => {
  const pageSize = filter.pageSize ?? 100
  const page = Effect.fnUntraced(function* (path: string, pageNum: number) {
    const data = yield* exchange({
      operation: listing,
      method: "GET",
      path,
      query: { pageNum: String(pageNum), pageSize: String(pageSize) },
      timeoutMillis: 15_000
    })
    const tasks = yield* manyTasks(listing, data)
    const isFull = Array.isArray(data) && data.length >= pageSize
    // Newest first: behind a page of older tasks there are only older ones.
    return { path, tasks, isFull: isFull && tasks.some(({ createdAt = 0 }) => createdAt >= (filter.startTime ?? 0)) }
  })
  /** A retired or forbidden path must not hide the others; if none can be listed, that is no empty list. */
  const round = Effect.fnUntraced(function* (paths: ReadonlyArray<string>, pageNum: number) {
    const results = yield* Effect.forEach(
      paths,
      (path) =>
        page(path, pageNum).pipe(
          Effect.map(Result.succeed),
          Effect.catchIf(isOfPathOnly, (error) => Effect.succeed(Result.fail(error)))
        ),
      { concurrency: 4 }
    )
    const [refusal] = results.flatMap((result) => (Result.isFailure(result) ? [result.failure] : []))
    if (refusal !== undefined && results.every(Result.isFailure)) return yield* refusal
    return results.flatMap((result) => (Result.isSuccess(result) ? [result.success] : []))
  })
  const first = { pageNum: 1, paths: allPaths }
  return Stream.paginate(first, ({ pageNum, paths }) =>
    Effect.gen(function* () {
      const pages = yield* round(paths, pageNum)
      const tasks = pages
        .flatMap((one) => one.tasks)
        .filter((task) => matches(task, filter))
        .toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))
      const rest = pages.filter((one) => one.isFull).map((one) => one.path)
      return [tasks, rest.length === 0 ? Option.none() : Option.some({ pageNum: pageNum + 1, paths: rest })] as const
    })
  )
}

const isOfPathOnly = ({ reason }: KlingError): boolean => reason._tag === "NotSupported" || reason._tag === "Forbidden"

const legacyPaths = (product: TaskFilter["product"]): ReadonlyArray<string> => {
  const listed = catalog.filter((one) => one.listed && one.generation === "legacy").map((one) => one.path)
  return [...new Set(listed)].filter((path) => product === undefined || productOf(path) === product)
}

const productOf = (path: string): TaskFilter["product"] =>
  path.includes("try-on")
    ? "try_on"
    : path.startsWith("/v1/videos/")
      ? "video"
      : path.startsWith("/v1/images/")
        ? "image"
        : undefined

const matches = (task: Task, filter: TaskFilter): boolean =>
  (filter.status === undefined || statuses(filter).some((status) => status === task.status)) &&
  (filter.startTime === undefined || (task.createdAt ?? 0) >= filter.startTime) &&
  (filter.endTime === undefined || (task.createdAt ?? 0) <= filter.endTime)
