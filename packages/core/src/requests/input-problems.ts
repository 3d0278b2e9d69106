import type * as z from "zod"
import type { Problem } from "../params/check-input.ts"
import { closestMatch } from "../params/closest-match.ts"

type Issue = z.core.$ZodIssue

/** What zod found, each in one sentence that begins after the field's name. */
export const inputProblems = (
  issues: ReadonlyArray<Issue>,
  given: Readonly<Record<string, unknown>>
): ReadonlyArray<Problem> =>
  issues.map((issue) => ({ field: pathOf(issue), message: sentenceOf(issue, given[String(issue.path[0])]) }))

const pathOf = ({ path: [root = "", ...rest] }: Issue): string =>
  String(root) + rest.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("")

const sentenceOf = (issue: Issue, given: unknown): string => {
  switch (issue.code) {
    case "invalid_type":
      if (Array.isArray(given) && issue.path.length === 1) return `has ${given.length} entries; give one`
      return given === undefined ? "is required" : `must be ${article(issue.expected)}`
    case "invalid_value": {
      const values = issue.values.map(String)
      const near = typeof given === "string" ? closestMatch(given, values) : undefined
      return `must be one of ${values.join(", ")}${near === undefined ? "" : `; nearest: ${near}`}`
    }
    case "too_big":
      if (issue.origin === "array") return `has too many entries: at most ${issue.maximum}`
      return `${issue.origin === "string" ? "is too long: at most" : "must be at most"} ${issue.maximum}`
    case "too_small":
      return issue.origin === "string" || issue.origin === "array"
        ? "must not be empty"
        : `must be at least ${issue.minimum}`
    default:
      return issue.message
  }
}

const article = (type: string): string =>
  type === "int" ? "an integer" : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
