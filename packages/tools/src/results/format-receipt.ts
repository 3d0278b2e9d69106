import type { Receipt } from "@klingkit/core"
import * as z from "zod"

/** Quote and charge as text; the charge is absent while the task runs. */
export const receiptSchema = {
  quoted: z.string().optional(),
  charged: z.string().optional(),
  quote_mismatch: z.string().optional()
}

export const structuredReceipt = ({ quoted, charged, mismatch }: Receipt) => ({
  ...(quoted === undefined ? {} : { quoted }),
  ...(charged === undefined ? {} : { charged }),
  ...(mismatch === undefined ? {} : { quote_mismatch: mismatch })
})

export const formatReceipt = ({ quoted, charged, mismatch }: Receipt): ReadonlyArray<string> => [
  ...(quoted === undefined ? [] : [`Quoted: ${quoted}`]),
  ...(charged === undefined ? [] : [`Charged: ${charged}`]),
  ...(mismatch === undefined ? [] : [`Warning: ${mismatch}; check Kling's billing record`])
]
