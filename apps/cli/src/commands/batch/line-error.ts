import type { Problem } from "@klingkit/core"
import { Cause, Data } from "effect"
import { failureOf } from "../../output/failure.ts"

/** Why a line of a batch or a step of a pipeline cannot be planned; the problems name its fields. */
export class LineError extends Data.TaggedError("LineError")<{ readonly problems: ReadonlyArray<Problem> }> {}

export const lineError = (field: string, message: string): LineError =>
  new LineError({ problems: [{ field, message }] })

/** The problems of its input field by field; any other error as a single problem. */
export const lineErrorOf = (error: unknown): LineError => {
  const { problems, message } = failureOf(Cause.fail(error))
  return problems === undefined ? lineError("", message) : new LineError({ problems })
}

/** The same problems, told with the line or the step in front of each field. */
export const problemsAt = (where: string, { problems }: LineError): ReadonlyArray<Problem> =>
  problems.map((problem) => ({ ...problem, field: `${where}: ${problem.field}` }))

const mostShown = 10

/** The first problems; a long file with one mistake in every line has one reason. */
export const firstTen = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> =>
  problems.length <= mostShown
    ? problems
    : [...problems.slice(0, mostShown), { field: "", message: `and ${problems.length - mostShown} more` }]
