import { describe, expect, it } from "@effect/vitest"
import { Effect, Result, Stream } from "effect"
import { catalog } from "../operations/catalog.ts"
import { legacyTextToVideo, textToVideo30 } from "../operations/text-to-video.ts"
import { type FakeOptions, fakeKling, keyPair, klingOver } from "../testing/fake-kling.ts"
import type { FakeTask } from "../testing/fake-tasks.ts"
import { ambiguousAnswers, code, honest, lost, text } from "../testing/scripted-answers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { expectedSecondsOf, type FollowOptions } from "./follow-task.ts"
import { Kling } from "./kling.ts"

const handle = "kk-t2v-0123456789abcdefghjkmnpqrs"
const task: FakeTask = { taskId: "77", externalId: handle, path: textToVideo30.path, createdAt: 0 }
const allStatuses = ["submitted", "processing", "processing", "succeeded"]

const follow = Effect.fnUntraced(function* (options: FakeOptions, pace?: FollowOptions) {
  const fake = fakeKling({ tasks: [task], statuses: allStatuses, ...options })
  const ended = yield* inVirtualTime(Kling.use((kling) => Stream.runCollect(kling.follow(handle, pace)))).pipe(
    Effect.provide(klingOver(fake))
  )
  return { ...ended, words: Result.map(ended.result, (tasks) => tasks.map((one) => one.status)) }
})

describe("following a task", () => {
  it.effect("emits every poll and ends with the finished task", () =>
    Effect.gen(function* () {
      const { words, result } = yield* follow({})
      expect(Result.getOrThrow(words)).toEqual(["submitted", "processing", "processing", "succeed"])
      expect(Result.getOrThrow(result).at(-1)?.outputs).toMatchObject([{ type: "video", durationSeconds: 5 }])
    })
  )

  it.effect("is paced by what the caller expects, as a duration or in seconds", () =>
    Effect.gen(function* () {
      const seconds = Effect.fnUntraced(function* (pace?: FollowOptions) {
        return (yield* follow({ statuses: [...Array<string>(9).fill("processing"), "succeeded"] }, pace)).seconds
      })
      const slow = yield* seconds({ expected: "10 minutes" })
      expect(slow).toBe(yield* seconds({ expectedSeconds: 600 }))
      expect(slow).toBeGreaterThan(yield* seconds())
    })
  )

  it.effect("ends when the task fails", () =>
    Effect.gen(function* () {
      const { words } = yield* follow({ statuses: ["processing", "failed"] })
      expect(Result.getOrThrow(words)).toEqual(["processing", "failed"])
    })
  )

  it.effect.each(
    Object.entries({ ...ambiguousAnswers, "no connection": lost("ECONNREFUSED"), "too fast": code(1302) }).filter(
      ([name]) => name !== "an answer without an id"
    )
  )("survives minutes of this failure: %s", ([, answer]) =>
    Effect.gen(function* () {
      const outage = Array.from({ length: 30 }, () => answer)
      const { words, seconds } = yield* follow({ reads: [honest, ...outage] })
      expect(Result.getOrThrow(words)).toEqual(["submitted", "processing", "processing", "succeed"])
      expect(seconds).toBeGreaterThan(60)
    })
  )

  it.effect.each([
    ["the credential is revoked", code(1000, "no", { status: 401 }), "Unauthorized"],
    ["the account is blocked", code(1100, "no", { status: 429 }), "AccountBlocked"]
  ] as const)("ends with the error when it is permanent: %s", ([, answer, reason]) =>
    Effect.gen(function* () {
      const { result, seconds } = yield* follow({ reads: [honest, answer] })
      expect(Result.isFailure(result) && result.failure.reason._tag).toBe(reason)
      expect(seconds).toBeLessThan(5)
    })
  )

  it.effect("continues while Kling uses an unknown status word, or answers what cannot be read", () =>
    Effect.gen(function* () {
      const statuses = ["processing", "queued", "queued", "succeeded"]
      const { result } = yield* follow({ statuses, reads: [honest, honest, text(200, `{"code":0,"data":null}`)] })
      expect(Result.getOrThrow(result).map((one) => one.statusWord ?? one.status)).toEqual([
        "processing",
        "queued",
        "queued",
        "succeed"
      ])
    })
  )

  it.effect("ends with an error after half an hour of a word that it does not know", () =>
    Effect.gen(function* () {
      const { result, seconds } = yield* follow({ statuses: ["processing", "expired"] })
      expect(Result.isFailure(result) && result.failure.message).toContain(`"expired"`)
      expect(seconds).toBeGreaterThan(1800)
    })
  )
})

describe("following on a legacy path with a key pair", () => {
  it.effect("maps the legacy status words", () =>
    Effect.gen(function* () {
      const fake = fakeKling({
        tasks: [{ ...task, path: legacyTextToVideo.path }],
        statuses: ["succeeded"]
      })
      const tasks = yield* Kling.use((kling) => Stream.runCollect(kling.follow(handle))).pipe(
        Effect.provide(klingOver(fake, keyPair))
      )
      expect(tasks.map((one) => [one.status, one.charges])).toEqual([["succeed", [{ kind: "unit", amount: 3 }]]])
    })
  )
})

it("the expected seconds are known for the handles of every family that creates tasks", () => {
  const families = catalog.filter((operation) => operation.kind === "create").map((operation) => operation.family)
  const times = families.map((family) => expectedSecondsOf(`kk-${family}-0123456789abcdefghjkmnpqrs`))
  expect(times.filter((seconds) => seconds === undefined || !(seconds > 0))).toEqual([])
  expect(expectedSecondsOf("893605946402811985")).toBeUndefined()
})
