import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { legacyTextToVideo, textToVideo30 } from "../operations/text-to-video.ts"
import { fakeKling, klingOver } from "../testing/fake-kling.ts"
import { ambiguousAnswers, code, type CreateOutcome, deceptiveAnswers, refused } from "../testing/scripted-answers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"

const generations = {
  new: Kling.use((kling) => kling.submit(textToVideo30, { prompt: "a cat" })),
  legacy: Kling.use((kling) => kling.submit(legacyTextToVideo, { model: "kling-v3", prompt: "a cat" }))
}

const commits: Readonly<Record<string, Pick<CreateOutcome, "commitsAfterSeconds">>> = {
  "at once": { commitsAfterSeconds: 0 },
  "15 s later": { commitsAfterSeconds: 15 },
  never: {}
}

const unclearAnswers = { ...ambiguousAnswers, ...deceptiveAnswers }

/** A create with the scripted outcomes; returns the result, the charges and the requests that the fake received. */
const submitThrough = Effect.fnUntraced(function* (
  generation: keyof typeof generations,
  creates: ReadonlyArray<CreateOutcome>
) {
  const fake = fakeKling({ creates })
  const timed = yield* inVirtualTime(
    generations[generation].pipe(
      Effect.map(({ handle }) => handle),
      // An unresolved submission is looked up later, as its message suggests.
      Effect.catchReason("KlingError", "SubmissionUnknown", (reason) =>
        Effect.succeed(`unknown ${reason.externalTaskId}`)
      )
    )
  ).pipe(Effect.provide(klingOver(fake)))
  const sends = fake.requests.filter((one) => one.externalId !== undefined)
  return { ...timed, sends, charges: yield* fake.charges, fake }
})

describe.each(["new", "legacy"] as const)("a create of the %s generation", (generation) => {
  describe.each(Object.keys(unclearAnswers))("whose response is %s", (answer) => {
    it.effect.each(Object.keys(commits))("and whose task is created %s is charged once and found", (commit) =>
      Effect.gen(function* () {
        const outcome = { answer: unclearAnswers[answer] ?? code(5000), ...commits[commit] }
        const { result, seconds, sends, charges, fake } = yield* submitThrough(generation, [outcome])

        expect(charges).toHaveLength(1)
        expect(result).toEqual(Result.succeed(charges[0]?.externalId))
        expect(seconds).toBeLessThanOrEqual(100)
        expect(sends.length).toBeLessThanOrEqual(2)
        expect(new Set(sends.map((one) => one.externalId)).size).toBe(1)
        const found = yield* Kling.use((kling) => kling.task(sends[0]?.externalId ?? "")).pipe(
          Effect.provide(klingOver(fake))
        )
        expect(found.id).toBe(charges[0]?.taskId)
      })
    )

    it.effect("twice in a row is reported as unknown, nothing charged", () =>
      Effect.gen(function* () {
        const outcome = refused(unclearAnswers[answer] ?? code(5000))
        const { result, seconds, sends, charges } = yield* submitThrough(generation, [outcome, outcome])
        expect(charges).toEqual([])
        expect(sends).toHaveLength(2)
        expect(result).toEqual(Result.succeed(`unknown ${sends[0]?.externalId}`))
        expect(seconds).toBeLessThanOrEqual(100)
      })
    )
  })

  it.effect("is sent a second time only after two lookups, ten seconds apart, that found nothing", () =>
    Effect.gen(function* () {
      const { fake } = yield* submitThrough(generation, [refused(code(5000))])
      const [first, ...rest] = fake.requests
      const resend = rest.find((one) => one.externalId !== undefined)
      const lookups = fake.requests.slice(1, resend === undefined ? 1 : fake.requests.indexOf(resend))
      expect(lookups.length).toBeGreaterThanOrEqual(2)
      expect((lookups.at(-1)?.atMillis ?? 0) - (lookups[0]?.atMillis ?? 0)).toBeGreaterThanOrEqual(10_000)
      expect(resend?.text).toBe(first?.text)
    })
  )
})
