import { describe, expect, it } from "vitest"
import type { Operation } from "../../operation.ts"
import { checkInput } from "../../params/check-input.ts"
import type { InputOf, Params } from "../../params/param.ts"

interface RuleCase<Input> {
  readonly refused: Input
  /** Part of the sentence that a person reads. */
  readonly says: string
  readonly accepted: Input
}

/** Everything wrong with an input, each as `field sentence`. */
export const problemsOf = <P extends Params>(operation: Operation<P>, input: unknown): ReadonlyArray<string> =>
  checkInput(operation.params, operation.rules, input).map(({ field, message }) => `${field} ${message}`)

/** Each cross-field rule of an operation, refused once and accepted once; a rule without a case fails. */
export const ruleCases = <P extends Params>(
  operation: Operation<P>,
  cases: Readonly<Record<string, RuleCase<InputOf<P>>>>
): void => {
  describe(`rules of ${operation.id}`, () => {
    it("are all tried", () => {
      expect(Object.keys(cases).toSorted()).toEqual(operation.rules.map((rule) => rule.name).toSorted())
    })

    it.each(Object.entries(cases))("%s", (_name, { refused, says, accepted }) => {
      expect(problemsOf(operation, refused)).toEqual([expect.stringContaining(says)])
      expect(problemsOf(operation, accepted)).toEqual([])
    })
  })
}
