import type { Plan } from "@klingkit/core"
import { sanitizeText } from "@klingkit/core/internal"
import { String as Text } from "effect"
import type { Tool } from "../tool.ts"
import type { FormattedError } from "./format-error.ts"
import { formatQuote } from "./format-quote.ts"

const longestPrompt = 300

/** The question to the user before a call that needs approval: what will be made, by which model, at which price. */
export const approvalMessage = ({ title }: Pick<Tool, "title">, plan: Plan): string => {
  const { operation, input, model } = plan
  const prompt = input["prompt"] ?? input["text"]
  const settings = Object.entries(input).flatMap(([name, value]) =>
    value === prompt || !["string", "number", "boolean"].includes(typeof value)
      ? []
      : [`${Text.camelToSnake(name)} ${displayed(String(value))}`]
  )
  return [
    `${title}: approve this paid request?`,
    formatQuote(plan.quote),
    `Model: ${model === "" ? "none" : model} (${operation.id})`,
    ...(typeof prompt === "string" ? [`Prompt: "${sanitizeText(prompt, longestPrompt)}"`] : []),
    ...(settings.length === 0 ? [] : [`Settings: ${settings.join(", ")}`]),
    ...plan.warnings.map((warning) => `Warning: ${warning}`),
    "Nothing has been sent yet."
  ].join("\n")
}

/** Base64 file content means nothing to the user. */
const displayed = (value: string): string => (value.length > 400 ? "(a file)" : sanitizeText(value, 80))

/** The checkbox of the approval form. */
export const approvalCheckbox = { title: "Approve and pay", description: "For this call only, once" }

/** Why a call was not made after the user was asked to approve its price. */
export type Unapproved = "declined" | "unanswered" | "stale"

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
  stale: {
    code: "KLINGKIT_APPROVAL_STALE",
    error:
      "this approval is not valid for this call: it is older than ten minutes, already used, altered, or for another call; nothing was sent",
    next: "make the call again without it: the user is asked again"
  }
}

export const formatUnapproved = (why: Unapproved): FormattedError => {
  const { code, error, next } = reasons[why]
  return { code, lines: [`Error: ${error}`, "Charged: no", `Next: ${next}`, `Code: ${code}`] }
}
