import * as z from "zod"

/** What every tool that spends takes beside its own arguments. */
export const paidArguments = {
  /** A replayed call must not pay twice, so the same request within two minutes is the same task; this says it is meant. */
  allow_repeat: z.boolean().optional().describe("Same request again on purpose"),
  confirm_token: z.string().optional().describe("From quote_cost")
}

export interface PaidArguments {
  readonly allow_repeat?: boolean | undefined
  readonly confirm_token?: string | undefined
}
