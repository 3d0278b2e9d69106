import { type Quote, type Receipt, receiptOf } from "@klingkit/core"
import * as z from "zod"
import { type Called, taskOfCall } from "./call-result.ts"

/** Quote and charge in words; the charge is absent as long as a task runs. */
export const receiptFacts = {
  quoted: z.string().optional(),
  charged: z.string().optional(),
  quote_mismatch: z.string().optional()
}

export const factsOfReceipt = ({ quoted, charged, mismatch }: Receipt) => ({
  ...(quoted === undefined ? {} : { quoted }),
  ...(charged === undefined ? {} : { charged }),
  ...(mismatch === undefined ? {} : { quote_mismatch: mismatch })
})

export const receiptLines = ({ quoted, charged, mismatch }: Receipt): ReadonlyArray<string> => [
  ...(quoted === undefined ? [] : [`Quoted: ${quoted}`]),
  ...(charged === undefined ? [] : [`Charged: ${charged}`]),
  ...(mismatch === undefined ? [] : [`Warning: ${mismatch}; look at Kling's billing record`])
]

/** Of an operation that answers at once. Not every answer says what was taken. */
export const receiptOfCall = (quote: Quote, called: Called): Receipt =>
  receiptOf(quote, { status: "succeed", charges: taskOfCall(called)?.charges ?? [] })
