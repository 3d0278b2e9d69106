import { type Plan, untrustedText } from "@klingkit/core"
import { String as Text } from "effect"
import type { Tool } from "../tool.ts"
import type { ErrorWords } from "./error-words.ts"
import { quoteLine } from "./quote-words.ts"

const longestPrompt = 300

/** What a person is asked before a call that needs a yes: what will be made, by which model, at which price. */
export const approvalQuestion = ({ title }: Pick<Tool, "title">, plan: Plan): string => {
  const { operation, input, model } = plan
  const words = input["prompt"] ?? input["text"]
  const settings = Object.entries(input).flatMap(([name, value]) =>
    value === words || !["string", "number", "boolean"].includes(typeof value)
      ? []
      : [`${Text.camelToSnake(name)} ${shown(String(value))}`]
  )
  return [
    `${title}: may Kling be paid for this?`,
    quoteLine(plan.quote),
    `Model: ${model === "" ? "none" : model} (${operation.id})`,
    ...(typeof words === "string" ? [`Prompt: "${untrustedText(words, longestPrompt)}"`] : []),
    ...(settings.length === 0 ? [] : [`Settings: ${settings.join(", ")}`]),
    ...plan.warnings.map((warning) => `Warning: ${warning}`),
    "Nothing has been sent yet."
  ].join("\n")
}

/** A file in base64 says nothing to a person. */
const shown = (value: string): string => (value.length > 400 ? "(a file)" : untrustedText(value, 80))

/** What the person ticks. */
export const approvalBox = { title: "Yes, make it and pay", description: "This one call, once" }

/** Why a call was not made although its price was put to a person. */
export type Unapproved = "declined" | "unanswered" | "stale"

const reasons: Readonly<
  Record<Unapproved, Pick<ErrorWords, "code"> & { readonly error: string; readonly next: string }>
> = {
  declined: {
    code: "KLINGKIT_DECLINED",
    error: "the person did not agree to this price; nothing was sent",
    next: "do not make the same call again unless they ask for it; quote_cost finds a cheaper one"
  },
  unanswered: {
    code: "KLINGKIT_UNANSWERED",
    error: "the person was asked about the price and has not answered; nothing was sent",
    next: "tell them that a question is waiting, then make the call again; above KLINGKIT_CONFIRM_ABOVE_USD a yes is needed"
  },
  stale: {
    code: "KLINGKIT_APPROVAL_STALE",
    error:
      "this yes does not belong to this call: it is older than ten minutes, used up, changed, or of another call; nothing was sent",
    next: "make the call again without it: the person is asked anew"
  }
}

export const unapprovedWords = (why: Unapproved): ErrorWords => {
  const { code, error, next } = reasons[why]
  return { code, lines: [`Error: ${error}`, "Charged: no", `Next: ${next}`, `Code: ${code}`] }
}
