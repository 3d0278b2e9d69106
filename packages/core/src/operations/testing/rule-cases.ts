import { describe, expect, it } from "vitest"
import { fillNames } from "../../errors/field-placeholders.ts"
import type { Operation } from "../../operation.ts"
import { checkInput } from "../../params/check-input.ts"
import type { InputOf, Params } from "../../params/param.ts"

interface RuleCase<Input> {
  readonly rejected: Input
  /** Part of the message. */
  readonly says: string
  readonly accepted: Input
}

/** The case of a prompt that refers to what is not given, by order or by id. */
export const referenceCase = <Input extends object>(
  input: Input,
  reference: "<<<video_9>>>" | "<<<voice_9>>>" | "@image_9"
) => ({
  rejected: { ...input, prompt: `a fox beside ${reference}` },
  says: `prompt refers to ${reference}, but no`,
  accepted: { ...input, prompt: "a fox" }
})

/** The case of a prompt whose shots last longer than the video. */
export const shotsCase = <Input extends object>(input: Input) => ({
  rejected: { ...input, prompt: "shot 1, 3, a fox; shot 2, 3, a hare;" },
  says: "prompt has shots of 6 s in total, but the video has 5 s",
  accepted: { ...input, prompt: "shot 1, 3, a fox; shot 2, 2, a hare;" }
})

/** The case of legacy shots of which two have one number. */
export const shotOrderCase = <Input extends object>(input: Input) => {
  const shots = (...numbers: ReadonlyArray<number>) => ({
    ...input,
    ...({ multiShot: true, shotType: "customize", durationSeconds: 6 } as const),
    shots: numbers.map((index) => ({ index, prompt: "a fox", durationSeconds: 3 }))
  })
  return { rejected: shots(1, 1), says: "shots have the index 1, 1; number them 1 to 2", accepted: shots(2, 1) }
}

/** All problems of an input, each as `field message`. */
export const problemsOf = <P extends Params>(operation: Operation<P>, input: unknown): ReadonlyArray<string> =>
  checkInput(operation.params, operation.rules, input).map(
    ({ field, message }) => `${field} ${fillNames(message, (name) => name)}`
  )

/** Tests each cross-field rule of an operation with a rejected and an accepted input; a rule without a case fails. */
export const ruleCases = <P extends Params>(
  operation: Operation<P>,
  cases: Readonly<Record<string, RuleCase<InputOf<P>>>>
): void => {
  describe(`rules of ${operation.id}`, () => {
    it("are all covered", () => {
      expect(Object.keys(cases).toSorted()).toEqual(operation.rules.map((rule) => rule.name).toSorted())
    })

    it.each(Object.entries(cases))("%s", (_name, { rejected, says, accepted }) => {
      expect(problemsOf(operation, rejected)).toEqual([expect.stringContaining(says)])
      expect(problemsOf(operation, accepted)).toEqual([])
    })
  })
}
