import { CallbackError, type CodeReason, KlingError, klingCodes, type RetryRule } from "@klingkit/core"
import { libraryAdvice } from "@klingkit/core/internal"
import { JobError, LedgerError } from "@klingkit/jobs"
import { code, page, table } from "./markdown.ts"
import { sampleErrors } from "./sample-errors.ts"

const retryDescriptions: Readonly<Record<RetryRule, string>> = {
  never: "never; the request or the account has to change first",
  resign: "once, with a new token: the request was not executed",
  backoff: "with backoff: it was rejected before a task existed",
  slot: "when a running task has finished",
  recover: "reads are retried; a paid request may have been executed, so it is looked up first and never resent blindly"
}

const codeOf = (reason: CodeReason): string =>
  new KlingError({ reason: { _tag: reason, klingCode: 0, klingMessage: "" } }).code

/** Kling's codes, and the stable codes of klingkit's own errors. */
export const errorsPage = (): string =>
  page(
    "# Errors",
    "Every error says what happened, whether anything was charged, and what to do next. Use the stable codes below in programs; messages may change. `klingkit api errors --json` prints the first table. The texts are those of the library; the command line and the tools put `next` in their own words.",
    "## Kling's codes",
    table(
      ["code", "HTTP", "name", "klingkit's code", "meaning", "what to do", "retry"],
      klingCodes.map((entry) => [
        String(entry.code),
        String(entry.httpStatus),
        entry.name,
        code(codeOf(entry.reason)),
        entry.meaning,
        libraryAdvice(entry.next),
        entry.retry
      ])
    ),
    table(["retry", "what klingkit does"], Object.entries(retryDescriptions)),
    "## KlingError",
    "From the client and everything built on it. *Charged* applies to paid requests; for all others it is always no.",
    ownErrors(sampleErrors(KlingError, { billed: true })),
    "## JobError",
    "From the local side of a job: its price, its input files, its result files.",
    ownErrors(sampleErrors(JobError, {})),
    "## LedgerError",
    "From the ledger. *Charged* is no, and *nothing was sent* is added, where the request cannot have been sent.",
    ownErrors(sampleErrors(LedgerError, { beforeSending: false })),
    "## CallbackError",
    "From callback verification. Nothing is charged or lost.",
    table(
      ["code", "message", "what to do"],
      CallbackError.fields.reason.literals.map((reason) => {
        const { code: name, message, suggestion } = new CallbackError({ reason })
        return [code(name), message, suggestion]
      })
    )
  )

const ownErrors = (errors: ReturnType<typeof sampleErrors>): string =>
  table(
    ["code", "message", "charged", "retryable", "what to do", "next"],
    errors.map((error) => [
      code(error.code),
      kindOf(error.code) ?? error.message,
      error.wasCharged,
      error.isRetryable ? "yes" : "",
      kindOf(error.code) === undefined ? error.suggestion : "",
      kindOf(error.code) === undefined ? code(error.next._tag) : ""
    ])
  )

/** An error for one of Kling's codes refers to the table of codes. */
const kindOf = (stable: string): string | undefined => {
  const codes = klingCodes.filter(({ reason }) => codeOf(reason) === stable).map((entry) => entry.code)
  return codes.length === 0 ? undefined : `Kling's code ${codes.join(", ")}: see above`
}
