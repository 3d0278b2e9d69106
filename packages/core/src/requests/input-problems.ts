import type * as z from "zod"
import { mostProblems, type Problem } from "../errors/problem.ts"
import { sanitizeText } from "../errors/sanitize-text.ts"
import { closestMatch } from "../params/closest-match.ts"

type Issue = z.core.$ZodIssue

/** What zod found, each in one sentence that begins after the field's name. */
export const inputProblems = (
  issues: ReadonlyArray<Issue>,
  given: Readonly<Record<string, unknown>>
): ReadonlyArray<Problem> => issues.slice(0, mostProblems).map((issue) => problemOf(issue, valueAt(given, issue.path)))

const valueAt = (given: unknown, path: Issue["path"]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? value[key as keyof typeof value] : undefined),
    given
  )

const problemOf = (issue: Issue, given: unknown): Problem => ({
  field: pathOf(issue),
  message: sentenceOf(issue, given),
  ...dataOf(issue, given)
})

/** The limit that was broken, and the valid value closest to the given one. */
const dataOf = (issue: Issue, given: unknown): Pick<Problem, "limit" | "nearest"> => {
  switch (issue.code) {
    case "invalid_value": {
      const nearest = nearestValue(issue, given)
      return { limit: { values: issue.values.map(String) }, ...(nearest === undefined ? {} : { nearest }) }
    }
    case "too_big":
      return { limit: { max: Number(issue.maximum) } }
    case "too_small":
      return { limit: { min: Number(issue.minimum) } }
    default:
      return {}
  }
}

const nearestValue = ({ values }: z.core.$ZodIssueInvalidValue, given: unknown): string | undefined =>
  typeof given === "string" ? closestMatch(given, values.map(String)) : undefined

const pathOf = ({ path: [root = "", ...rest] }: Issue): string =>
  String(root) + rest.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("")

const sentenceOf = (issue: Issue, given: unknown): string => {
  switch (issue.code) {
    case "invalid_type":
      if (Array.isArray(given) && issue.path.length === 1) return `has ${given.length} entries; give one`
      if (given === undefined) return "is required"
      if (issue.expected === "int" && typeof given === "number" && Number.isFinite(given)) {
        return `${given} is not an integer; did you mean ${Math.round(given)}?`
      }
      return issue.expected === "string" && typeof given === "number" && !Number.isSafeInteger(given)
        ? "must be text, in quotes: as a number it may have lost digits"
        : `must be ${article(issue.expected)}`
    case "invalid_value": {
      const near = nearestValue(issue, given)
      return `must be one of ${issue.values.join(", ")}${near === undefined ? "" : `; nearest: ${near}`}`
    }
    case "unrecognized_keys":
      return `has ${sanitizeText(issue.keys.slice(0, 3).join(", "), 80)}, which it does not take`
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
