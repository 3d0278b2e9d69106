import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { KlingError } from "../errors/kling-error.ts"
import { createElement } from "../operations/elements.ts"
import { textToVideo30 } from "../operations/text-to-video.ts"
import { type FakeKling, type FakeOptions, fakeKling, klingOver } from "../testing/fake-kling.ts"
import { accepted, code, lost, refused } from "../testing/scripted-answers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling, type SubmitOptions } from "./kling.ts"
import type { SubmitJournal } from "./submit.ts"

const externalTaskId = "kk-t2v-0123456789abcdefghjkmnpqrs"
const earlier = { taskId: "77", externalId: externalTaskId, path: textToVideo30.path, createdAt: 0 }

const submit = Effect.fnUntraced(function* (fake: FakeKling, options: SubmitOptions) {
  const { result } = yield* inVirtualTime(
    Kling.use((kling) => kling.submit(textToVideo30, { prompt: "a cat" }, { externalTaskId, ...options }))
  ).pipe(Effect.provide(klingOver(fake)))
  return { result, sends: fake.requests.filter((one) => one.method === "POST").length, charges: yield* fake.charges }
})

const failureOf = (result: Result.Result<unknown, KlingError>): KlingError => {
  if (Result.isSuccess(result)) throw new Error("it succeeded")
  return result.failure
}

/** Records each step with the number of sends before it; fails at the given step. */
const journalOf = (fake: FakeKling, failsAt = Number.POSITIVE_INFINITY) => {
  const steps: Array<string> = []
  const record = (step: string) =>
    Effect.suspend(() => {
      steps.push(`${step} after ${fake.requests.filter((one) => one.method === "POST").length}`)
      return steps.length === failsAt
        ? Effect.fail(new KlingError({ reason: { _tag: "JournalFailed", detail: "disk full" } }))
        : Effect.void
    })
  const journal: SubmitJournal = { sending: record("sending"), inDoubt: Effect.orDie(record("in doubt")) }
  return { journal, steps }
}

const twiceLost: FakeOptions = { creates: [refused(code(5000)), refused(lost("ECONNRESET"))] }

describe("a journal", () => {
  it.effect("is called before every send and after every ambiguous response", () =>
    Effect.gen(function* () {
      const fake = fakeKling(twiceLost)
      const { journal, steps } = journalOf(fake)
      yield* submit(fake, { journal })
      expect(steps).toEqual(["sending after 0", "in doubt after 1", "sending after 1", "in doubt after 2"])
    })
  )

  it.effect("that fails prevents the send, and the error says that nothing was charged", () =>
    Effect.gen(function* () {
      const fake = fakeKling()
      const { result, sends } = yield* submit(fake, { journal: journalOf(fake, 1).journal })
      expect(failureOf(result)).toMatchObject({ code: "KLING_JOURNAL_FAILED", wasCharged: "no" })
      expect(failureOf(result).message).toContain("disk full")
      expect(sends).toBe(0)
    })
  )

  it.effect("that fails before the second send prevents it: the first stays unknown", () =>
    Effect.gen(function* () {
      const fake = fakeKling(twiceLost)
      const { result, sends } = yield* submit(fake, { journal: journalOf(fake, 3).journal })
      expect(failureOf(result)).toMatchObject({
        wasCharged: "maybe",
        reason: { _tag: "SubmissionUnknown", externalTaskId }
      })
      expect(sends).toBe(1)
    })
  )
})

describe("a submission that an earlier run started", () => {
  it.effect("is found, and not sent again", () =>
    Effect.gen(function* () {
      const { result, sends, charges } = yield* submit(fakeKling({ tasks: [earlier] }), { earlierSends: 1 })
      expect(Result.getOrThrow(result).task.id).toBe("77")
      expect(sends).toBe(0)
      expect(charges).toEqual([earlier])
    })
  )

  it.effect("is sent once more, under its id, when two lookups find nothing", () =>
    Effect.gen(function* () {
      const fake = fakeKling()
      const { result, sends, charges } = yield* submit(fake, { earlierSends: 1 })
      expect(Result.getOrThrow(result).handle).toBe(externalTaskId)
      expect(sends).toBe(1)
      expect(charges.map((one) => one.externalId)).toEqual([externalTaskId])
      expect(fake.requests.slice(0, -1).map((one) => one.method)).toEqual(["GET", "GET"])
    })
  )

  it.effect.each([
    ["it was already sent twice", {}, 2],
    ["the lookups fail", { answer: () => code(5001, "down", { status: 503 }) }, 1]
  ] as const)("stays unknown, and is not sent again, when %s", ([, options, earlierSends]) =>
    Effect.gen(function* () {
      const { result, sends } = yield* submit(fakeKling(options), { earlierSends })
      expect(failureOf(result).reason._tag).toBe("SubmissionUnknown")
      expect(sends).toBe(0)
    })
  )
})

describe("a caller that has its own queue", () => {
  it.effect("gets ConcurrencyLimit immediately", () =>
    Effect.gen(function* () {
      const busy = refused(code(1303, "parallel task over resource pack limit", { status: 429 }))
      const { result, sends } = yield* submit(fakeKling({ creates: [busy] }), { waitForSlot: false })
      expect(failureOf(result).reason._tag).toBe("ConcurrencyLimit")
      expect(sends).toBe(1)
    })
  )

  it.effect("still gets retries after other rejections", () =>
    Effect.gen(function* () {
      const fast = refused(code(1302, "too fast", { status: 429 }))
      const { result, sends } = yield* submit(fakeKling({ creates: [fast, accepted] }), { waitForSlot: false })
      expect(Result.isSuccess(result)).toBe(true)
      expect(sends).toBe(2)
    })
  )
})

describe("a free create whose response was lost", () => {
  const create = Kling.use((kling) =>
    kling.submit(createElement, createElement.example, { externalTaskId: "element-1" })
  )

  it.effect("is found like a paid one", () =>
    Effect.gen(function* () {
      const fake = fakeKling({ creates: [{ answer: lost("ECONNRESET"), commitsAfterSeconds: 0 }] })
      const { result } = yield* inVirtualTime(create).pipe(Effect.provide(klingOver(fake)))
      expect(Result.getOrThrow(result).task.externalId).toBe("element-1")
      expect(yield* fake.charges).toHaveLength(1)
    })
  )

  it.effect("is unknown when it cannot be found, but nothing was charged", () =>
    Effect.gen(function* () {
      const { result } = yield* inVirtualTime(create).pipe(Effect.provide(klingOver(fakeKling(twiceLost))))
      expect(failureOf(result)).toMatchObject({ wasCharged: "no", reason: { _tag: "SubmissionUnknown" } })
    })
  )
})
