import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { legacyTextToVideo, textToVideo30 } from "../operations/text-to-video.ts"
import { fakeKling, klingOver } from "../testing/fake-kling.ts"
import { ambiguousAnswers, code, type Fate, refused } from "../testing/fate.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"

const generations = {
  new: Kling.use((kling) => kling.submit(textToVideo30, { prompt: "a cat" })),
  legacy: Kling.use((kling) => kling.submit(legacyTextToVideo, { model: "kling-v3", prompt: "a cat" }))
}

const commits: Readonly<Record<string, Pick<Fate, "commitsAfterSeconds">>> = {
  "at once": { commitsAfterSeconds: 0 },
  "15 s later": { commitsAfterSeconds: 15 },
  never: {}
}

/** A create whose first send ends in `fate`; what the caller got, what was charged, and what the fake saw. */
const submitThrough = Effect.fnUntraced(function* (generation: keyof typeof generations, creates: ReadonlyArray<Fate>) {
  const fake = fakeKling({ creates })
  const outcome = yield* inVirtualTime(
    generations[generation].pipe(
      Effect.map(({ handle }) => handle),
      // What could not be settled is looked up later, as its message says.
      Effect.catchReason("KlingError", "SubmissionUnknown", (reason) =>
        Effect.succeed(`unknown ${reason.externalTaskId}`)
      )
    )
  ).pipe(Effect.provide(klingOver(fake)))
  const sends = fake.seen.filter((one) => one.externalId !== undefined)
  return { ...outcome, sends, looks: fake.seen.length - sends.length, charges: yield* fake.charges, fake }
})

describe.each(["new", "legacy"] as const)("a create of the %s generation", (generation) => {
  describe.each(Object.keys(ambiguousAnswers))("whose answer is %s", (answer) => {
    it.effect.each(Object.keys(commits))("and whose task comes into being %s is charged once and found", (commit) =>
      Effect.gen(function* () {
        const fate = { answer: ambiguousAnswers[answer] ?? code(5000), ...commits[commit] }
        const { result, seconds, sends, charges, fake } = yield* submitThrough(generation, [fate])

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

    it.effect("and again after the second send is reported as unknown, nothing charged", () =>
      Effect.gen(function* () {
        const fate = refused(ambiguousAnswers[answer] ?? code(5000))
        const { result, seconds, sends, charges } = yield* submitThrough(generation, [fate, fate])
        expect(charges).toEqual([])
        expect(sends).toHaveLength(2)
        expect(result).toEqual(Result.succeed(`unknown ${sends[0]?.externalId}`))
        expect(seconds).toBeLessThanOrEqual(100)
      })
    )
  })

  it.effect("is sent a second time only after two look-ups, ten seconds apart, that found nothing", () =>
    Effect.gen(function* () {
      const { fake } = yield* submitThrough(generation, [refused(code(5000))])
      const [first, ...rest] = fake.seen
      const again = rest.find((one) => one.externalId !== undefined)
      const looks = fake.seen.slice(1, again === undefined ? 1 : fake.seen.indexOf(again))
      expect(looks.length).toBeGreaterThanOrEqual(2)
      expect((looks.at(-1)?.atMillis ?? 0) - (looks[0]?.atMillis ?? 0)).toBeGreaterThanOrEqual(10_000)
      expect(again?.text).toBe(first?.text)
    })
  )
})
