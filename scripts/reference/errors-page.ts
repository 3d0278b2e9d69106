import { CallbackError, type CodeReason, KlingError, klingCodes, type RetryRule } from "@klingkit/core"
import { JobError } from "@klingkit/jobs"
import { code, page, table } from "./markdown.ts"
import { sampleErrors } from "./sample-errors.ts"

const retryWords: Readonly<Record<RetryRule, string>> = {
  never: "never; something has to be changed first",
  resign: "once, with a fresh token: the request was not run",
  backoff: "after a pause: it was refused before a task existed",
  slot: "when a running task has ended",
  recover: "reads are repeated; a paid request may exist and is looked up first, never sent blindly"
}

const codeOf = (reason: CodeReason): string =>
  new KlingError({ reason: { _tag: reason, klingCode: 0, klingMessage: "" } }).code

/** Kling's codes, and the stable codes that klingkit's own errors carry. */
export const errorsPage = (): string =>
  page(
    "# Errors",
    "Every error says what happened, whether anything was charged, and what to do next. Programs go by the stable codes below; sentences may change. `klingkit api errors --json` prints the first table.",
    "## Kling's codes",
    table(
      ["code", "HTTP", "name", "klingkit's code", "meaning", "what to do", "asked again"],
      klingCodes.map((one) => [
        String(one.code),
        String(one.httpStatus),
        one.name,
        code(codeOf(one.reason)),
        one.meaning,
        one.advice,
        one.retry
      ])
    ),
    table(
      ["asked again", "by klingkit"],
      Object.entries(retryWords).map(([rule, words]) => [rule, words])
    ),
    "## KlingError",
    "From the client and from everything above it. *Charged* is for a paid request; for anything else it is always no.",
    ownErrors(sampleErrors(KlingError, { billed: true })),
    "## JobError",
    "From this side of a job: its price, its input files, its result files.",
    ownErrors(sampleErrors(JobError, {})),
    "## CallbackError",
    "From the verifier of callbacks. Nothing is charged or lost by it.",
    table(
      ["code", "says", "what to do"],
      CallbackError.fields.reason.literals.map((reason) => {
        const { code: name, message, suggestion } = new CallbackError({ reason })
        return [code(name), message, suggestion]
      })
    )
  )

const ownErrors = (errors: ReturnType<typeof sampleErrors>): string =>
  table(
    ["code", "says", "charged", "may pass by itself", "what to do"],
    errors.map((error) => [
      code(error.code),
      kindOf(error.code) ?? error.message,
      error.wasCharged,
      error.isRetryable ? "yes" : "",
      kindOf(error.code) === undefined ? error.suggestion : ""
    ])
  )

/** What carries one of Kling's codes says what the code says. */
const kindOf = (stable: string): string | undefined => {
  const codes = klingCodes.filter(({ reason }) => codeOf(reason) === stable).map((one) => one.code)
  return codes.length === 0 ? undefined : `Kling's code ${codes.join(", ")}: see above`
}
