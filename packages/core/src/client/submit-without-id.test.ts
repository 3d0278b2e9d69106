import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { textToVideo40 } from "../operations/kling-4.ts"
import { type FakeOptions, fakeKling, klingOver } from "../testing/fake-kling.ts"
import { ambiguousAnswers, code, refused } from "../testing/scripted-answers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling, type SubmitOptions } from "./kling.ts"

const handle = "kk-t2v-0123456789abcdefghjkmnpqrs"

/** Submits to Kling 4.0, which cannot be asked for a task by the caller's id. */
const submitted = Effect.fnUntraced(function* (options: FakeOptions, submit: SubmitOptions = {}) {
  const fake = fakeKling(options)
  const sent = Kling.use((kling) => kling.submit(textToVideo40, { prompt: "a cat" }, submit))
  const ended = yield* inVirtualTime(sent).pipe(Effect.provide(klingOver(fake)))
  return { ...ended, fake, charges: yield* fake.charges }
})

const unknown = { wasCharged: "maybe", isRetryable: false, reason: { _tag: "SubmissionUnknown" } }

describe("a create without an external id", () => {
  it.effect("sends none, and is known by Kling's own id", () =>
    Effect.gen(function* () {
      const { result, fake, charges } = yield* submitted({}, { externalTaskId: handle })
      expect(Result.getOrThrow(result).handle).toBe(charges[0]?.taskId)
      expect(JSON.stringify(fake.requests)).not.toContain(handle)
    })
  )

  it.effect.each(Object.entries(ambiguousAnswers))(
    "whose answer is lost is sent once and stays unknown: %s",
    ([, answer]) =>
      Effect.gen(function* () {
        const { result, fake, charges } = yield* submitted({ creates: [{ answer, commitsAfterSeconds: 0 }] })
        expect(Result.isFailure(result) && result.failure).toMatchObject(unknown)
        expect(fake.requests.filter(({ method }) => method === "POST")).toHaveLength(1)
        expect(charges).toHaveLength(1)
      })
  )

  it.effect("that an earlier run may have sent is not sent", () =>
    Effect.gen(function* () {
      const { result, fake } = yield* submitted({}, { externalTaskId: handle, earlierSends: 1 })
      expect(Result.isFailure(result) && result.failure).toMatchObject(unknown)
      expect(fake.requests).toEqual([])
    })
  )

  it.effect("fails at once for a caller with a queue of its own when every slot is in use", () =>
    Effect.gen(function* () {
      const busy = refused(code(1303, "parallel task over resource pack limit", { status: 429 }))
      const { result, fake } = yield* submitted({ creates: [busy] }, { waitForSlot: false })
      expect(Result.isFailure(result) && result.failure.reason._tag).toBe("ConcurrencyLimit")
      expect(fake.requests).toHaveLength(1)
    })
  )
})
