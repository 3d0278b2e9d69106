import type { CheaperSetting, Plan } from "@klingkit/core"
import { cheaperText, sanitizeText } from "@klingkit/core/internal"
import type { ApprovalQuestion } from "@klingkit/jobs"
import { String as Text } from "effect"
import { type FormattedError, formattedError, shellApproval } from "./format-error.ts"
import { formatQuote } from "./format-quote.ts"

const longestPrompt = 300

/** What the user is asked before a call that needs approval. */
export const approvalQuestion = (
  title: string,
  { operation, input, model, quote, warnings }: Plan,
  cheaper: ReadonlyArray<CheaperSetting>
): ApprovalQuestion => {
  const prompt = input["prompt"] ?? input["text"]
  return {
    title,
    operation: operation.id,
    model,
    quote,
    ...(typeof prompt === "string" ? { prompt: sanitizeText(prompt, longestPrompt) } : {}),
    settings: Object.entries(input).flatMap(([name, value]) =>
      value === prompt || !["string", "number", "boolean"].includes(typeof value)
        ? []
        : [{ name: Text.camelToSnake(name), value: displayed(String(value)) }]
    ),
    warnings,
    ...(cheaper.length === 0 ? {} : { cheaper })
  }
}

/** The question in words: what will be made, by which model, at which price. */
export const approvalMessage = ({
  title,
  operation,
  model,
  quote,
  prompt,
  settings,
  warnings,
  cheaper = []
}: ApprovalQuestion): string =>
  [
    `${title}: approve this paid request?`,
    formatQuote(quote),
    ...(cheaper.length === 0 ? [] : [`Cheaper: ${cheaper.map(cheaperText).join("; ")}`]),
    `Model: ${model === "" ? "none" : model} (${operation})`,
    ...(prompt === undefined ? [] : [`Prompt: "${prompt}"`]),
    ...(settings.length === 0 ? [] : [`Settings: ${settings.map(({ name, value }) => `${name} ${value}`).join(", ")}`]),
    ...warnings.map((warning) => `Warning: ${warning}`),
    "Nothing has been sent yet."
  ].join("\n")

/** Base64 file content means nothing to the user. */
const displayed = (value: string): string => (value.length > 400 ? "(a file)" : sanitizeText(value, 80))

/** The checkbox of the approval form. */
export const approvalCheckbox = { title: "Approve and pay", description: "For this call only, once" }

/** Why a call was not made after the user was asked to approve its price. */
export type Unapproved = "declined" | "unanswered" | "not-shown" | "by-program" | "stale"

const askedInShell = "make the call again: the answer says how the user approves it in a terminal"

const reasons: Readonly<
  Record<Unapproved, Pick<FormattedError, "code"> & { readonly error: string; readonly next: string }>
> = {
  declined: {
    code: "KLINGKIT_DECLINED",
    error: "the user declined this price; nothing was sent",
    next: "do not repeat this call unless they ask for it; compare other settings with quote_cost"
  },
  unanswered: {
    code: "KLINGKIT_UNANSWERED",
    error: "the user was asked to approve the price and did not answer; nothing was sent",
    next: "tell them that approval is required above KLINGKIT_CONFIRM_ABOVE_USD, then make the call again"
  },
  "not-shown": {
    code: "KLINGKIT_NOT_ASKED",
    error: "the price needs the user's approval, and this chat could not show them the question; nothing was sent",
    next: askedInShell
  },
  "by-program": {
    code: "KLINGKIT_NOT_ASKED",
    error:
      "the price needs the user's approval, and this chat answered before anyone could have read the question; nothing was sent",
    next: askedInShell
  },
  stale: {
    code: "KLINGKIT_APPROVAL_STALE",
    error:
      "this approval is not valid for this call: it is older than ten minutes, already used, altered, or for another call; nothing was sent",
    next: "make the call again without it: the user is asked again"
  }
}

/** `approvalCode`: of the question, where the user can still answer it in a shell. */
export const formatUnapproved = (why: Unapproved, approvalCode?: string): FormattedError => {
  const { code, error, ...reason } = reasons[why]
  const next = approvalCode === undefined ? reason.next : shellApproval(approvalCode)
  return formattedError({ code, error, wasCharged: "no", charged: "no", next })
}
