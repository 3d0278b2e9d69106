import { describe, expect, it } from "@effect/vitest"
import { Effect, Result, Stream } from "effect"
import { catalog } from "../operations/catalog.ts"
import { legacyTextToVideo, textToVideo30 } from "../operations/text-to-video.ts"
import { type FakeOptions, fakeKling, keyPair, klingOver } from "../testing/fake-kling.ts"
import type { FakeTask } from "../testing/fake-tasks.ts"
import { ambiguousAnswers, code, honest, lost } from "../testing/fate.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { usualSecondsOf } from "./follow-task.ts"
import { Kling } from "./kling.ts"

const handle = "kk-t2v-0123456789abcdefghjkmnpqrs"
const task: FakeTask = { taskId: "77", externalId: handle, path: textToVideo30.path, createdAt: 0 }
const wholeLife = ["submitted", "processing", "processing", "succeeded"]

const follow = Effect.fnUntraced(function* (options: FakeOptions) {
  const fake = fakeKling({ tasks: [task], life: wholeLife, ...options })
  const ended = yield* inVirtualTime(Kling.use((kling) => Stream.runCollect(kling.follow(handle)))).pipe(
    Effect.provide(klingOver(fake))
  )
  return { ...ended, words: Result.map(ended.result, (seen) => seen.map((one) => one.status)) }
})

describe("following a task", () => {
  it.effect("gives every look and ends with the one that sees its end", () =>
    Effect.gen(function* () {
      const { words, result } = yield* follow({})
      expect(Result.getOrThrow(words)).toEqual(["submitted", "processing", "processing", "succeed"])
      expect(Result.getOrThrow(result).at(-1)?.outputs).toMatchObject([{ type: "video", durationSeconds: 5 }])
    })
  )

  it.effect("ends as well when the task failed", () =>
    Effect.gen(function* () {
      const { words } = yield* follow({ life: ["processing", "failed"] })
      expect(Result.getOrThrow(words)).toEqual(["processing", "failed"])
    })
  )

  it.effect.each(
    Object.entries({ ...ambiguousAnswers, "no connection": lost("ECONNREFUSED"), "too fast": code(1302) }).filter(
      ([name]) => name !== "an answer without an id"
    )
  )("survives minutes of %s", ([, answer]) =>
    Effect.gen(function* () {
      const outage = Array.from({ length: 30 }, () => answer)
      const { words, seconds } = yield* follow({ reads: [honest, ...outage] })
      expect(Result.getOrThrow(words)).toEqual(["submitted", "processing", "processing", "succeed"])
      expect(seconds).toBeGreaterThan(60)
    })
  )

  it.effect.each([
    ["the credential is withdrawn", code(1000, "no", { status: 401 }), "Unauthorized"],
    ["the account is blocked", code(1100, "no", { status: 429 }), "AccountBlocked"]
  ] as const)("ends with the error when waiting cannot help: %s", ([, answer, reason]) =>
    Effect.gen(function* () {
      const { result, seconds } = yield* follow({ reads: [honest, answer] })
      expect(Result.isFailure(result) && result.failure.reason._tag).toBe(reason)
      expect(seconds).toBeLessThan(5)
    })
  )

  it.effect("ends with an error that names a status word nobody knows, instead of waiting for ever", () =>
    Effect.gen(function* () {
      const { result } = yield* follow({ life: ["processing", "expired"] })
      expect(Result.isFailure(result) && result.failure.message).toContain(`"expired"`)
    })
  )
})

describe("following on a legacy path with a key pair", () => {
  it.effect("reads the legacy words as the same story", () =>
    Effect.gen(function* () {
      const fake = fakeKling({
        tasks: [{ ...task, path: legacyTextToVideo.path }],
        life: ["succeeded"]
      })
      const seen = yield* Kling.use((kling) => Stream.runCollect(kling.follow(handle))).pipe(
        Effect.provide(klingOver(fake, keyPair))
      )
      expect(seen.map((one) => [one.status, one.charges])).toEqual([["succeed", [{ kind: "unit", amount: 3 }]]])
    })
  )
})

it("knows a usual time for the handles of every family that makes tasks", () => {
  const families = catalog.filter((one) => one.kind === "create").map((one) => one.family)
  const times = families.map((family) => usualSecondsOf(`kk-${family}-0123456789abcdefghjkmnpqrs`))
  expect(times.filter((seconds) => seconds === undefined || !(seconds > 0))).toEqual([])
  expect(usualSecondsOf("893605946402811985")).toBeUndefined()
})
