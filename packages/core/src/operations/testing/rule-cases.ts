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
