import * as z from "zod"

/** Arguments of every paid tool, in addition to its own. */
export const paidArguments = {
  /** A replayed call must not pay twice, so an identical request within two minutes returns the same task; this opts out. */
  allow_duplicate: z.boolean().optional().describe("Submit the same request again"),
  confirm_token: z.string().optional().describe("From quote_cost")
}

export interface PaidArguments {
  readonly allow_duplicate?: boolean | undefined
  readonly confirm_token?: string | undefined
}
