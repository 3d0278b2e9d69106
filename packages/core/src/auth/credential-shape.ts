import type { Problem } from "../errors/problem.ts"
import { Redacted } from "effect"
import type { Setting } from "../errors/setting.ts"
import type { Credentials } from "./credentials.ts"

/** A shape that no credential has, and what to do about it. The value itself is never shown: it may contain the key. */
interface Mistake {
  readonly isMade: (value: string) => boolean
  readonly message: string
}

const matches = (shape: RegExp) => (value: string) => shape.test(value)

/** What goes wrong when a value is copied or configured. Each names the nearest valid form. */
const copying: ReadonlyArray<Mistake> = [
  {
    isMade: matches(/^(\$\{.*\}|\$\(.*\)|\$[A-Za-z_]\w*|%\w+%|\{\{.*\}\})$/),
    message: "is a placeholder that was not replaced: whatever starts this program must put the value in its place"
  },
  {
    isMade: matches(/^<.*>$|^\[.*\]$/),
    message: "is in brackets, as in an example: put the real value in the place of all of it, brackets included"
  },
  {
    isMade: matches(
      /^(your|my|insert|replace)[-_ ].*(key|here|me)$|^(x{4,}|\*{4,}|\.{3,}|…|changeme|todo|none|null|undefined)$|.(\.{3}|…)$/i
    ),
    message: "is only an example: put the real value in its place"
  },
  {
    isMade: matches(/^["'`“”„‘’«].*|["'`“”‘’»]$/s),
    message: "has quotes around it: remove them"
  },
  {
    isMade: matches(/^(export\s+|set\s+)?KLING(AI)?_\w+\s*[=:]/i),
    message: "begins with the name of a variable: keep only what follows the equals sign"
  },
  {
    isMade: matches(/^(authorization\s*:\s*)?bearer\s/i),
    message: 'begins with "Bearer": keep only what follows it'
  },
  {
    isMade: matches(/^$|[^!-~]/),
    message: "is empty, or contains whitespace or a character that is not valid in a key: copy it again"
  }
]

const asApiKey: ReadonlyArray<Mistake> = [
  ...copying,
  {
    isMade: matches(/^eyJ[\w-]*\.[\w-]+\.[\w-]*$/),
    message:
      "is a signed token (JWT), which expires within the hour: set an API key, or the pair {accessKey} and {secretKey} that signs it"
  },
  {
    isMade: matches(/^[^|]+\|[^|]+$|^[A-Za-z0-9]{20,}[,;:][A-Za-z0-9]{20,}$/),
    message: "is a key pair in one value: set the first part as {accessKey} and the second as {secretKey}"
  },
  {
    isMade: matches(/^emulator-(access|secret)-/),
    message: "is one half of a key pair: set both halves, as {accessKey} and {secretKey}"
  }
]

const asHalf = (other: RegExp): ReadonlyArray<Mistake> => [
  ...copying,
  {
    isMade: matches(/^[^|]+\|[^|]+$/),
    message: "is a key pair in one value: set the first part as {accessKey} and the second as {secretKey}"
  },
  { isMade: matches(/^api-key-/i), message: "is an API key, not half of a key pair: set it as {apiKey}" },
  { isMade: matches(other), message: "is the other half of the key pair: exchange {accessKey} and {secretKey}" }
]

/**
 * What is wrong with a credential by its shape alone: nothing for a shape that klingkit does not know. Kling documents none
 * but the prefix of an API key, and answers each of these mistakes with a text about something else.
 */
export const credentialProblems = (credentials: Credentials): ReadonlyArray<Problem> => {
  if (credentials.kind === "api-key") return problemOf("apiKey", Redacted.value(credentials.apiKey), asApiKey)
  const { accessKey } = credentials
  const secretKey = Redacted.value(credentials.secretKey)
  const problems = [
    ...problemOf("accessKey", accessKey, asHalf(/^emulator-secret-/)),
    ...problemOf("secretKey", secretKey, asHalf(/^emulator-access-/))
  ]
  return problems.length === 0 && accessKey === secretKey
    ? [problem("secretKey", "is the same value as {accessKey}: copy the other half of the key pair")]
    : problems
}

/** What is wrong with any value that was copied or configured, a base URL too; nothing when it looks all right. */
export const copyingMistake = (value: string): string | undefined =>
  copying.find(({ isMade }) => isMade(value))?.message

const problemOf = (setting: Setting, value: string, mistakes: ReadonlyArray<Mistake>): ReadonlyArray<Problem> => {
  const mistake = mistakes.find(({ isMade }) => isMade(value))
  return mistake === undefined ? [] : [problem(setting, mistake.message)]
}

const problem = (setting: Setting, message: string): Problem => ({ field: setting, setting, message })
