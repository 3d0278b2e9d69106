import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { KlingError } from "../errors/kling-error.ts"
import { createElement } from "../operations/elements.ts"
import { textToVideo30 } from "../operations/text-to-video.ts"
import { type FakeKling, type FakeOptions, fakeKling, klingOver } from "../testing/fake-kling.ts"
import { accepted, code, lost, refused } from "../testing/fate.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling, type SubmitOptions } from "./kling.ts"
import type { SubmitJournal } from "./submit.ts"

const externalTaskId = "kk-t2v-0123456789abcdefghjkmnpqrs"
const earlier = { taskId: "77", externalId: externalTaskId, path: textToVideo30.path, createdAt: 0 }

const submit = Effect.fnUntraced(function* (fake: FakeKling, options: SubmitOptions) {
  const { result } = yield* inVirtualTime(
    Kling.use((kling) => kling.submit(textToVideo30, { prompt: "a cat" }, { externalTaskId, ...options }))
  ).pipe(Effect.provide(klingOver(fake)))
  return { result, sends: fake.seen.filter((one) => one.method === "POST").length, charges: yield* fake.charges }
})

const failureOf = (result: Result.Result<unknown, KlingError>): KlingError => {
  if (Result.isSuccess(result)) throw new Error("it succeeded")
  return result.failure
}

/** Writes down each step together with how many sends had left before it; fails at the given one. */
const journalOf = (fake: FakeKling, failsAt = Number.POSITIVE_INFINITY) => {
  const steps: Array<string> = []
  const note = (step: string) =>
    Effect.suspend(() => {
      steps.push(`${step} after ${fake.seen.filter((one) => one.method === "POST").length}`)
      return steps.length === failsAt
        ? Effect.fail(new KlingError({ reason: { _tag: "NotRecorded", detail: "disk full" } }))
        : Effect.void
    })
  const journal: SubmitJournal = { sending: note("sending"), inDoubt: Effect.orDie(note("in doubt")) }
  return { journal, steps }
}

const twiceLost: FakeOptions = { creates: [refused(code(5000)), refused(lost("ECONNRESET"))] }

describe("a journal", () => {
  it.effect("knows of every send before it leaves, and of every doubt", () =>
    Effect.gen(function* () {
      const fake = fakeKling(twiceLost)
      const { journal, steps } = journalOf(fake)
      yield* submit(fake, { journal })
      expect(steps).toEqual(["sending after 0", "in doubt after 1", "sending after 1", "in doubt after 2"])
    })
  )

  it.effect("that cannot be written keeps the request from leaving, and says that nothing was charged", () =>
    Effect.gen(function* () {
      const fake = fakeKling()
      const { result, sends } = yield* submit(fake, { journal: journalOf(fake, 1).journal })
      expect(failureOf(result)).toMatchObject({ code: "KLING_NOT_RECORDED", wasCharged: "no" })
      expect(failureOf(result).message).toContain("disk full")
      expect(sends).toBe(0)
    })
  )

  it.effect("that cannot be written any more keeps the second send from leaving: the first stays unknown", () =>
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

describe("a submission that an earlier run began", () => {
  it.effect("is found, and not sent again", () =>
    Effect.gen(function* () {
      const { result, sends, charges } = yield* submit(fakeKling({ tasks: [earlier] }), { earlierSends: 1 })
      expect(Result.getOrThrow(result).task.id).toBe("77")
      expect(sends).toBe(0)
      expect(charges).toEqual([earlier])
    })
  )

  it.effect("is sent once more, under its id, when two look-ups find nothing", () =>
    Effect.gen(function* () {
      const fake = fakeKling()
      const { result, sends, charges } = yield* submit(fake, { earlierSends: 1 })
      expect(Result.getOrThrow(result).handle).toBe(externalTaskId)
      expect(sends).toBe(1)
      expect(charges.map((one) => one.externalId)).toEqual([externalTaskId])
      expect(fake.seen.slice(0, -1).map((one) => one.method)).toEqual(["GET", "GET"])
    })
  )

  it.effect.each([
    ["it was sent twice already", {}, 2],
    ["the look-ups fail", { answer: () => code(5001, "down", { status: 503 }) }, 1]
  ] as const)("stays unknown, and is not sent again, when %s", ([, options, earlierSends]) =>
    Effect.gen(function* () {
      const { result, sends } = yield* submit(fakeKling(options), { earlierSends })
      expect(failureOf(result).reason._tag).toBe("SubmissionUnknown")
      expect(sends).toBe(0)
    })
  )
})

describe("a caller with a queue of its own", () => {
  it.effect("is told at once that all places are taken", () =>
    Effect.gen(function* () {
      const busy = refused(code(1303, "parallel task over resource pack limit", { status: 429 }))
      const { result, sends } = yield* submit(fakeKling({ creates: [busy] }), { waitForSlot: false })
      expect(failureOf(result).reason._tag).toBe("SlotsTaken")
      expect(sends).toBe(1)
    })
  )

  it.effect("still has other refusals waited out", () =>
    Effect.gen(function* () {
      const fast = refused(code(1302, "too fast", { status: 429 }))
      const { result, sends } = yield* submit(fakeKling({ creates: [fast, accepted] }), { waitForSlot: false })
      expect(Result.isSuccess(result)).toBe(true)
      expect(sends).toBe(2)
    })
  )
})

describe("a free create whose answer was lost", () => {
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
