import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { legacyTextToVideo, textToVideo30 } from "../operations/text-to-video.ts"
import { apiKey, type FakeOptions, fakeKling, keyPair, klingOver } from "../testing/fake-kling.ts"
import type { FakeTask } from "../testing/fake-tasks.ts"
import { code, lost, text } from "../testing/scripted-answers.ts"
import { inMixedTime, inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"

const handle = "kk-t2v-0123456789abcdefghjkmnpqrs"
const newTask: FakeTask = { taskId: "77", externalId: handle, path: textToVideo30.path, createdAt: 0 }
const legacyTask: FakeTask = { ...newTask, path: legacyTextToVideo.path }
const tryOn: FakeTask = { taskId: "78", path: "/v1/images/kolors-virtual-try-on", createdAt: 0 }

const find = Effect.fnUntraced(function* (id: string, options: FakeOptions, credentials = apiKey) {
  const fake = fakeKling(options)
  const inTime = credentials.kind === "api-key" ? inVirtualTime : inMixedTime
  const { result } = yield* inTime(Kling.use((kling) => kling.task(id))).pipe(
    Effect.provide(klingOver(fake, credentials))
  )
  return { found: Effect.fromResult(result), requests: fake.requests.length }
})

describe("a task", () => {
  it.effect.each([
    ["its handle", handle, newTask],
    ["Kling's own id", "77", newTask],
    ["the caller's own external id", "order-7", { ...newTask, externalId: "order-7" }],
    [
      "the caller's own id of a solution",
      "order-8",
      { ...newTask, externalId: "order-8", path: "/solutions/virtual_try_on" }
    ],
    [
      "the handle of a newer klingkit",
      "kk-hologram-0123456789abcdefghjkmnpqrs",
      { ...newTask, externalId: "kk-hologram-0123456789abcdefghjkmnpqrs" }
    ]
  ] as const)("is found with an API key by %s", ([, id, task]) =>
    Effect.gen(function* () {
      expect((yield* (yield* find(id, { tasks: [task] })).found).id).toBe("77")
    })
  )

  it.effect.each([
    ["its handle", handle, legacyTask],
    ["Kling's own id, whichever operation created it", "78", tryOn]
  ] as const)("is found with a key pair by %s", ([, id, task]) =>
    Effect.gen(function* () {
      expect((yield* (yield* find(id, { tasks: [task] }, keyPair)).found).id).toBe(task.taskId)
    })
  )

  it.effect("is found on its legacy path when the common collection does not have it", () =>
    Effect.gen(function* () {
      const options: FakeOptions = {
        tasks: [legacyTask],
        answer: (request) => (request.path === "/tasks" ? text(200, `{"code":0,"data":[]}`) : undefined)
      }
      expect((yield* (yield* find(handle, options)).found).id).toBe("77")
    })
  )

  it.effect("is not found when no endpoint has it, and the error suggests what to check", () =>
    Effect.gen(function* () {
      for (const credentials of [apiKey, keyPair]) {
        const error = yield* Effect.flip((yield* find("79", { tasks: [newTask, tryOn] }, credentials)).found)
        expect(error).toMatchObject({ code: "KLING_TASK_NOT_FOUND", isRetryable: false, wasCharged: "no" })
        expect(error.message).toContain("79")
        expect(error.suggestion).toContain("region")
      }
    })
  )

  it.effect("is not reported as missing when a read failed", () =>
    Effect.gen(function* () {
      const down: FakeOptions = { answer: (request) => (request.path === "/tasks" ? code(5000) : undefined) }
      const error = yield* Effect.flip((yield* find("79", down)).found)
      expect(error.reason._tag).toBe("ServerError")
      expect(error).toMatchObject({ wasCharged: "maybe", job: { handle: "79", isSent: true, isEnded: false } })
      expect(error.suggestion).toBe("wait until 79 has finished")
    })
  )

  it.effect("is found at a later endpoint although an earlier one fails", () =>
    Effect.gen(function* () {
      const options: FakeOptions = {
        tasks: [tryOn],
        answer: (request) =>
          request.path.startsWith("/v1/videos/") ? code(1103, "no right", { status: 403 }) : undefined
      }
      expect((yield* (yield* find("78", options, keyPair)).found).id).toBe("78")
    })
  )

  it.effect.each([
    ["the credential is rejected", code(1002, "no", { status: 401 }), 1],
    ["the account is blocked", code(1101, "no", { status: 429 }), 1],
    ["Kling cannot be reached", lost("ECONNREFUSED"), 5]
  ] as const)("is not looked up at twenty endpoints when %s", ([, answer, requests]) =>
    Effect.gen(function* () {
      const tried = yield* find("79", { answer: () => answer }, keyPair)
      expect((yield* Effect.flip(tried.found)).reason._tag).not.toBe("TaskNotFound")
      expect(tried.requests).toBe(requests)
    })
  )

  it.effect.each(["new", "legacy"])(
    "of the %s generation may have a status word that klingkit does not know",
    (generation) =>
      Effect.gen(function* () {
        const tasks = [generation === "new" ? newTask : legacyTask]
        const credentials = generation === "new" ? apiKey : keyPair
        const found = yield* (yield* find(handle, { tasks, statuses: ["paused"] }, credentials)).found
        expect(found).toMatchObject({ status: "unknown", statusWord: "paused" })
      })
  )

  it.effect.each([
    ["another task", `[{"id":"99","external_id":"other","status":"succeeded"}]`],
    ["a record that cannot be read", `[{"id":"99","external_id":"${handle}","status":7}]`],
    ["an id with a line break", String.raw`[{"id":"9\nCharged: no","external_id":"${handle}","status":"succeeded"}]`]
  ])("is not said to be absent because Kling answers with %s", ([, data]) =>
    Effect.gen(function* () {
      const { found } = yield* find(handle, { answer: () => text(200, `{"code":0,"data":${data}}`) }, apiKey)
      expect((yield* Effect.flip(found)).reason._tag).toBe("UnexpectedAnswer")
    })
  )

  it.effect.each(["", " ", "..", ".", "a b", "a,b", "x".repeat(201)])(
    "cannot be looked up by an invalid id: %j",
    (id) =>
      Effect.gen(function* () {
        const { found, requests } = yield* find(id, {})
        expect((yield* Effect.flip(found)).message).toContain("not a task id")
        expect(requests).toBe(0)
      })
  )
})
