import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { legacyVirtualTryOn } from "../operations/virtual-try-on.ts"
import { type FakeOptions, fakeKling, klingOver } from "../testing/fake-kling.ts"
import { ambiguousAnswers, code, refused } from "../testing/scripted-answers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling, type SubmitOptions } from "./kling.ts"

const handle = "kk-tryon-0123456789abcdefghjkmnpqrs"

/** Submits an operation whose external id is sent, but not proven to be found. */
const submitted = Effect.fnUntraced(function* (options: FakeOptions, submit: SubmitOptions = {}) {
  const fake = fakeKling(options)
  const input = { ...legacyVirtualTryOn.example }
  const sent = Kling.use((kling) => kling.submit(legacyVirtualTryOn, input, { externalTaskId: handle, ...submit }))
  const ended = yield* inVirtualTime(sent).pipe(Effect.provide(klingOver(fake)))
  const creates = fake.requests.filter(({ method }) => method === "POST")
  return { ...ended, creates, charges: yield* fake.charges }
})

const unknown = { wasCharged: "maybe", reason: { _tag: "SubmissionUnknown", externalTaskId: handle } }

describe("a create whose external id is unproven", () => {
  it.effect.each(Object.entries(ambiguousAnswers))("is settled by a lookup that finds its task: %s", ([, answer]) =>
    Effect.gen(function* () {
      const { result, creates, charges } = yield* submitted({ creates: [{ answer, commitsAfterSeconds: 0 }] })
      expect(Result.getOrThrow(result).task.id).toBe(charges[0]?.taskId)
      expect(creates.map(({ externalId }) => externalId)).toEqual([handle])
    })
  )

  it.effect.each(Object.entries(ambiguousAnswers))("is never sent again when no lookup finds it: %s", ([, answer]) =>
    Effect.gen(function* () {
      const { result, creates } = yield* submitted({ creates: [{ answer, commitsAfterSeconds: 3600 }] })
      expect(Result.isFailure(result) && result.failure).toMatchObject(unknown)
      expect(creates).toHaveLength(1)
    })
  )

  it.effect("is not taken for absent after a refusal that klingkit does not know", () =>
    Effect.gen(function* () {
      const strange = refused(code(4711, "no idea", { status: 400 }))
      const { result, creates } = yield* submitted({ creates: [strange] })
      expect(Result.isFailure(result) && result.failure).toMatchObject(unknown)
      expect(creates).toHaveLength(1)
    })
  )

  it.effect("that an earlier run may have sent is looked up, not sent", () =>
    Effect.gen(function* () {
      const { result, creates } = yield* submitted({}, { earlierSends: 1 })
      expect(Result.isFailure(result) && result.failure).toMatchObject(unknown)
      expect(creates).toEqual([])
    })
  )
})
