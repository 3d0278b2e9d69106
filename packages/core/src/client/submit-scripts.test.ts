import { describe, expect, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { legacyTextToVideo, textToVideo30 } from "../operations/text-to-video.ts"
import { fakeKling, klingOver } from "../testing/fake-kling.ts"
import {
  ambiguousAnswers,
  type Answer,
  code,
  type CreateOutcome,
  honest,
  lost,
  refused
} from "../testing/scripted-answers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"
import { retryLimits } from "./retry.ts"
import { submitDeadlineMillis } from "./submit.ts"

const notAccepted: Readonly<Record<string, Answer>> = {
  "1302": code(1302, "too fast", { status: 429, headers: { "retry-after": "20" } }),
  "1303": code(1303, "parallel task over resource pack limit", { status: 429 }),
  "no connection": lost("ECONNREFUSED"),
  "1301": code(1301),
  "1102": code(1102, "Account balance not enough", { status: 429 })
}

const names = <A extends object>(record: A) => Object.keys(record) as [string, ...Array<string>]
const ambiguous = Schema.Struct({
  answer: Schema.Literals(["honest", ...names(ambiguousAnswers)]),
  /** -1: never. */
  commitsAfterSeconds: Schema.Int.check(Schema.isBetween({ minimum: -1, maximum: 90 }))
})
const scripts = Schema.Struct({
  creates: Schema.Array(Schema.Union([ambiguous, Schema.Literals(names(notAccepted))])).check(Schema.isMaxLength(5)),
  reads: Schema.Array(Schema.Literals(["honest", ...names(ambiguousAnswers)])).check(Schema.isMaxLength(6)),
  visibleAfterSeconds: Schema.Literals([0, 0, 3, 25]),
  generation: Schema.Literals(["new", "legacy"])
})

const outcomeOf = (step: (typeof scripts.Type)["creates"][number]): CreateOutcome => {
  if (typeof step === "string") return refused(notAccepted[step] ?? code(1301))
  // A normal response always comes with a task.
  if (step.answer === "honest") return { answer: honest, commitsAfterSeconds: 0 }
  const answer = ambiguousAnswers[step.answer] ?? code(5000)
  return step.commitsAfterSeconds < 0 ? { answer } : { answer, commitsAfterSeconds: step.commitsAfterSeconds }
}

describe("a create under random network failures", () => {
  it.effect.prop(
    "is charged at most once and reported truthfully",
    { script: scripts },
    ({ script }) =>
      Effect.gen(function* () {
        const fake = fakeKling({
          creates: script.creates.map(outcomeOf),
          reads: script.reads.map((name) => ambiguousAnswers[name] ?? honest),
          visibleAfterSeconds: script.visibleAfterSeconds
        })
        const submit = Kling.use((kling) =>
          script.generation === "new"
            ? kling.submit(textToVideo30, { prompt: "a cat" })
            : kling.submit(legacyTextToVideo, { model: "kling-v3", prompt: "a cat" })
        )
        const { result, seconds } = yield* inVirtualTime(submit).pipe(Effect.provide(klingOver(fake)))
        yield* TestClock.adjust("1 hour")
        const charges = yield* fake.charges
        const sends = fake.requests.filter((one) => one.externalId !== undefined)

        expect(charges.length).toBeLessThanOrEqual(1)
        expect(new Set(sends.map((one) => one.externalId)).size).toBe(1)
        const maybeAccepted = script.creates.slice(0, sends.length).filter((step) => typeof step !== "string").length
        expect(maybeAccepted).toBeLessThanOrEqual(2)
        const limit =
          submitDeadlineMillis +
          (script.creates.some((step) => typeof step === "string") ? retryLimits.giveUpAfterMillis : 0)
        expect(seconds * 1000).toBeLessThanOrEqual(limit)

        if (Result.isSuccess(result)) {
          expect(charges[0]).toMatchObject({ taskId: result.success.task.id, externalId: result.success.handle })
        } else if (charges.length === 1) {
          const error = result.failure
          expect(error.wasCharged).toBe("maybe")
          expect(error.reason).toMatchObject({ _tag: "SubmissionUnknown", externalTaskId: charges[0]?.externalId })
          const found = yield* Kling.use((kling) => kling.task(charges[0]?.externalId ?? "")).pipe(
            Effect.provide(klingOver(fakeKling({ tasks: charges })))
          )
          expect(found.id).toBe(charges[0]?.taskId)
        } else {
          expect([
            "SubmissionUnknown",
            "ConcurrencyLimit",
            "RateLimited",
            "NotConnected",
            "ContentRefused",
            "QuotaExceeded"
          ]).toContain(result.failure.reason._tag)
        }
      }),
    { arbitrary: { runs: 400, seed: "klingkit" } }
  )
})
