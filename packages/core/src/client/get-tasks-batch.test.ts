import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { legacyTextToVideo, textToVideo30 } from "../operations/text-to-video.ts"
import { apiKey, type FakeOptions, fakeKling, keyPair, klingOver } from "../testing/fake-kling.ts"
import { type FakeTask, legacyRecord } from "../testing/fake-tasks.ts"
import { code, text } from "../testing/scripted-answers.ts"
import { inMixedTime, inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"

const handleOf = (index: number) => `kk-t2v-${String(index).padStart(26, "0")}`
const fakeTasks = (count: number, path = textToVideo30.path): ReadonlyArray<FakeTask> =>
  Array.from({ length: count }, (_, index) => ({
    taskId: String(9000 + index),
    externalId: handleOf(index),
    path,
    createdAt: 0
  }))

const getBatch = Effect.fnUntraced(function* (ids: ReadonlyArray<string>, options: FakeOptions, credentials = apiKey) {
  const fake = fakeKling(options)
  const inTime = credentials.kind === "api-key" ? inVirtualTime : inMixedTime
  const { result } = yield* inTime(Kling.use((kling) => kling.tasksById(ids))).pipe(
    Effect.provide(klingOver(fake, credentials))
  )
  return { found: Result.getOrThrow(result), reads: fake.requests.length, fake }
})

describe("a batch of tasks", () => {
  it.effect.each([1, 20, 21, 59])("is read twenty ids at a time: %i", (count) =>
    Effect.gen(function* () {
      const ids = fakeTasks(count).map((_, index) => (index % 2 === 0 ? handleOf(index) : String(9000 + index)))
      const { found, reads, fake } = yield* getBatch(ids, { tasks: fakeTasks(count) })
      expect([...found.keys()].toSorted()).toEqual(ids.toSorted())
      expect(reads).toBeLessThanOrEqual(Math.ceil(count / 40) * 2)
      for (const { query } of fake.requests) {
        expect((query["task_ids"] ?? query["external_task_ids"] ?? "").split(",").length).toBeLessThanOrEqual(20)
      }
    })
  )

  it.effect("that is very large is read from the list of running tasks", () =>
    Effect.gen(function* () {
      const { found, fake } = yield* getBatch(
        fakeTasks(300).map((task) => task.externalId ?? ""),
        { tasks: fakeTasks(300) }
      )
      expect(found.size).toBe(300)
      expect(found.get(handleOf(7))?.id).toBe("9007")
      expect(fake.requests.map(({ method, text }) => [method, JSON.parse(text)])).toEqual([
        ["POST", { limit: 500, filters: [{ key: "status", values: ["submitted", "processing"] }] }]
      ])
    })
  )

  it.effect("is read by ids for tasks that the list omits", () =>
    Effect.gen(function* () {
      const ids = fakeTasks(80).map((task) => task.externalId ?? "")
      const { found } = yield* getBatch(ids, {
        tasks: fakeTasks(80),
        answer: (request) =>
          request.method === "POST" ? { kind: "text", status: 200, text: `{"code":0,"data":{"result":[]}}` } : undefined
      })
      expect(found.size).toBe(80)
    })
  )

  it.effect("omits ids that are not found", () =>
    Effect.gen(function* () {
      const { found } = yield* getBatch([handleOf(0), handleOf(5), "404"], { tasks: fakeTasks(2) })
      expect([...found.keys()]).toEqual([handleOf(0)])
    })
  )

  it.effect("of one family is read from its list with a key pair, and by id for tasks that the list omits", () =>
    Effect.gen(function* () {
      const tasks = fakeTasks(40, legacyTextToVideo.path)
      const { found, fake } = yield* getBatch(
        [handleOf(0), handleOf(1), handleOf(2), handleOf(39)],
        {
          tasks,
          answer: ({ path }) =>
            path === legacyTextToVideo.path
              ? text(
                  200,
                  JSON.stringify({ code: 0, data: tasks.slice(0, 39).map((task) => legacyRecord(task, "succeeded")) })
                )
              : undefined
        },
        keyPair
      )
      expect([...found.keys()].toSorted()).toEqual([handleOf(0), handleOf(1), handleOf(2), handleOf(39)])
      expect(fake.requests.map(({ path }) => path)).toEqual([
        legacyTextToVideo.path,
        `${legacyTextToVideo.path}/${handleOf(39)}`
      ])
      expect(fake.requests[0]?.query).toEqual({ pageNum: "1", pageSize: "500" })
    })
  )

  it.effect("is read one by one with a key pair, skipping tasks that cannot be read", () =>
    Effect.gen(function* () {
      const { found } = yield* getBatch(
        [handleOf(0), handleOf(1)],
        {
          tasks: fakeTasks(2, legacyTextToVideo.path),
          answer: (request) => (request.path.endsWith(handleOf(1)) ? code(1103, "no", { status: 403 }) : undefined)
        },
        keyPair
      )
      expect([...found.keys()]).toEqual([handleOf(0)])
    })
  )
})
