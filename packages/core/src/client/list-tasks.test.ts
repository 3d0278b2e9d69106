import { describe, expect, it } from "@effect/vitest"
import { Effect, Result, Stream } from "effect"
import { apiKey, fakeKling, keyPair, klingOver, type RecordedRequest } from "../testing/fake-kling.ts"
import { type FakeTask, legacyRecord, newRecord } from "../testing/fake-tasks.ts"
import { type Answer, code, text } from "../testing/scripted-answers.ts"
import { inMixedTime, inVirtualTime } from "../testing/virtual-time.ts"
import { operations } from "../operations/catalog.ts"
import { Kling } from "./kling.ts"
import type { TaskFilter } from "./list-tasks.ts"

const answer = (data: unknown): Answer => text(200, JSON.stringify({ code: 0, data }))
const fakeTasks = (count: number, path = "/text-to-video/kling-3.0"): ReadonlyArray<FakeTask> =>
  Array.from({ length: count }, (_, index) => ({
    taskId: `${path.length}${index}`,
    path,
    createdAt: 1_000_000 - index
  }))

/** `POST /tasks`, page by page. */
const cursorPages =
  (tasks: ReadonlyArray<FakeTask>) =>
  (request: RecordedRequest): Answer => {
    const body = JSON.parse(request.text) as { limit: number; cursor?: string }
    const start = Number(body.cursor ?? 0)
    const end = start + body.limit
    return answer({
      result: tasks.slice(start, end).map((task) => newRecord(task, "succeeded")),
      has_more: end < tasks.length,
      next_cursor: String(end)
    })
  }

/** The legacy lists of some paths; all others are empty. */
const legacyPages =
  (lists: Readonly<Record<string, ReadonlyArray<FakeTask>>>) =>
  (request: RecordedRequest): Answer => {
    const size = Number(request.query["pageSize"])
    const start = (Number(request.query["pageNum"]) - 1) * size
    const tasks = lists[request.path] ?? []
    return answer(tasks.slice(start, start + size).map((task) => legacyRecord(task, "succeeded")))
  }

const list = Effect.fnUntraced(function* (
  reply: (request: RecordedRequest) => Answer,
  {
    filter = {},
    take = 1000,
    credentials = apiKey
  }: { filter?: TaskFilter; take?: number; credentials?: typeof apiKey } = {}
) {
  const fake = fakeKling({ answer: reply })
  const inTime = credentials.kind === "api-key" ? inVirtualTime : inMixedTime
  const { result } = yield* inTime(
    Kling.use((kling) => Stream.runCollect(Stream.take(kling.tasks(filter), take)))
  ).pipe(Effect.provide(klingOver(fake, credentials)))
  return { result, fake }
})

describe("the tasks of an account", () => {
  it.effect("are listed page by page, each once, to the end", () =>
    Effect.gen(function* () {
      const tasks = fakeTasks(250)
      const { result, fake } = yield* list(cursorPages(tasks))
      expect(Result.getOrThrow(result).map((one) => one.id)).toEqual(tasks.map((one) => one.taskId))
      expect(fake.requests).toHaveLength(3)
    })
  )

  it.effect("are loaded only as far as the caller reads", () =>
    Effect.gen(function* () {
      const { result, fake } = yield* list(cursorPages(fakeTasks(250)), { filter: { pageSize: 10 }, take: 10 })
      expect(Result.getOrThrow(result)).toHaveLength(10)
      expect(fake.requests).toHaveLength(1)
    })
  )

  it.effect("are requested with the caller's filters on every page", () =>
    Effect.gen(function* () {
      const filter = { status: "succeed", product: "video", startTime: 5, endTime: 9, pageSize: 2 } as const
      const { fake } = yield* list(cursorPages(fakeTasks(3)), { filter })
      const first = {
        limit: 2,
        start_time: 5,
        end_time: 9,
        filters: [
          { key: "status", values: ["succeeded"] },
          { key: "product_type", values: ["video"] }
        ]
      }
      expect(fake.requests.map((one) => JSON.parse(one.text) as unknown)).toEqual([first, { ...first, cursor: "2" }])
    })
  )

  it.effect("are listed although one cannot be decoded or has an unknown status word", () =>
    Effect.gen(function* () {
      const [first, second] = fakeTasks(2)
      if (first === undefined || second === undefined) throw new Error("no tasks")
      const result = [newRecord(first, "succeeded"), { invalid: true }, 7, null, newRecord(second, "paused")]
      const listed = yield* list(() => answer({ result, has_more: false }))
      expect(Result.getOrThrow(listed.result).map((one) => [one.id, one.status, one.statusWord])).toEqual([
        [first.taskId, "succeed", undefined],
        [second.taskId, "unknown", "paused"]
      ])
    })
  )

  it.effect("are listed although one has a time in no calendar", () =>
    Effect.gen(function* () {
      const [first] = fakeTasks(1)
      if (first === undefined) throw new Error("no tasks")
      const result = [newRecord(first, "succeeded"), { id: "7", status: "processing", create_time: 1e20 }]
      const listed = Result.getOrThrow((yield* list(() => answer({ result, has_more: false }))).result)
      expect(listed.map((one) => one.createdAt)).toEqual([first.createdAt, undefined])
      expect(listed[1]?.ignored).toEqual([{ field: "create_time", expected: "time" }])
    })
  )

  it.effect("are an error when none of them can be read", () =>
    Effect.gen(function* () {
      const { result } = yield* list(() => answer({ result: [{ id: 1 }, null] }))
      expect(Result.isFailure(result) && result.failure.message).toContain("none of 2 tasks")
    })
  )

  it.effect("end when a cursor leads to the same page again", () =>
    Effect.gen(function* () {
      const page = {
        result: fakeTasks(1).map((task) => newRecord(task, "succeeded")),
        has_more: true,
        next_cursor: "1"
      }
      const { result, fake } = yield* list(() => answer(page))
      expect(Result.getOrThrow(result)).toHaveLength(2)
      expect(fake.requests).toHaveLength(2)
    })
  )

  it.effect("are an error when the response is not a list", () =>
    Effect.gen(function* () {
      const { result } = yield* list(() => answer({ result: "none" }))
      expect(Result.isFailure(result) && result.failure.message).toContain("no list of tasks")
    })
  )
})

describe("the tasks of an account, read with a key pair", () => {
  const lists = {
    "/v1/videos/text2video": fakeTasks(5, "/v1/videos/text2video"),
    "/v1/images/generations": fakeTasks(2, "/v1/images/generations")
  }

  it.effect("are collected from the legacy lists, to their last page, newest first", () =>
    Effect.gen(function* () {
      const { result } = yield* list(legacyPages(lists), { filter: { pageSize: 2 }, credentials: keyPair })
      const listed = Result.getOrThrow(result)
      expect(new Set(listed.map((one) => one.id))).toEqual(
        new Set(
          Object.values(lists)
            .flat()
            .map((one) => one.taskId)
        )
      )
      const firstRound = listed.slice(0, 4).map((one) => one.createdAt ?? 0)
      expect(firstRound).toEqual(firstRound.toSorted((a, b) => b - a))
    })
  )

  it.effect("are listed although a path is forbidden or retired", () =>
    Effect.gen(function* () {
      const pages = legacyPages(lists)
      const { result } = yield* list(
        (request) =>
          request.path === "/v1/videos/effects"
            ? code(1103, "no right", { status: 403 })
            : request.path === "/v1/videos/image2video"
              ? code(1203, "gone", { status: 404 })
              : pages(request),
        { credentials: keyPair }
      )
      expect(Result.getOrThrow(result)).toHaveLength(7)
    })
  )

  it.effect("are an error when every path is refused, not an empty list", () =>
    Effect.gen(function* () {
      const { result } = yield* list(() => code(1203, "There is no /v1/v1", { status: 404 }), { credentials: keyPair })
      expect(Result.isFailure(result) && result.failure.reason).toMatchObject({ _tag: "NotSupported", klingCode: 1203 })
    })
  )

  it.effect("are filtered by product, status and time, which the legacy lists cannot do", () =>
    Effect.gen(function* () {
      const ids = Effect.fnUntraced(function* (filter: TaskFilter) {
        const { result } = yield* list(legacyPages(lists), { filter, credentials: keyPair })
        return Result.getOrThrow(result).length
      })
      expect(yield* ids({ product: "image" })).toBe(2)
      expect(yield* ids({ product: "video" })).toBe(5)
      expect(yield* ids({ product: "try_on" })).toBe(0)
      expect(yield* ids({ status: "failed" })).toBe(0)
      expect(yield* ids({ startTime: 1_000_000 })).toBe(2)
      expect(yield* ids({ endTime: 999_996 })).toBe(1)
    })
  )
})

describe("the tasks of an operation", () => {
  it.effect.each([
    ["new.t2v.kling-4.0", "POST /tasks", "video"],
    ["new.image.kling-image-4.0", "POST /tasks", "image"],
    ["solutions.goods_studio", "POST /solutions", undefined]
  ] as const)("are in the narrowest list that Kling has: %s", ([id, wanted, product]) =>
    Effect.gen(function* () {
      const { result, fake } = yield* list(cursorPages(fakeTasks(3)), {
        filter: { operation: operations[id] }
      })
      expect(Result.getOrThrow(result)).toHaveLength(3)
      const [request] = fake.requests
      expect(`${request?.method} ${request?.path}`).toBe(wanted)
      const { filters } = JSON.parse(request?.text ?? "{}")
      expect(filters).toEqual(product === undefined ? [] : [{ key: "product_type", values: [product] }])
    })
  )

  it.effect("are on the path of a legacy one, read no further back than wanted", () =>
    Effect.gen(function* () {
      const { path } = operations["legacy.lip-sync"]
      const lists = { [path]: fakeTasks(20, path), "/v1/videos/effects": fakeTasks(3, "/v1/videos/effects") }
      const operation = operations["legacy.lip-sync"]
      const filter = { operation, pageSize: 5, startTime: 1_000_000 - 6 }
      const { result, fake } = yield* list(legacyPages(lists), { filter })
      expect(Result.getOrThrow(result)).toHaveLength(7)
      expect(fake.requests.map((request) => request.path)).toEqual([path, path, path])
    })
  )
})
