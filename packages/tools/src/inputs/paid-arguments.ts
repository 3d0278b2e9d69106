import * as z from "zod"

/** Arguments of every paid tool, in addition to its own. */
export const paidArguments = {
  /** A replayed call must not pay twice, so an identical request returns the same task until ten minutes after its end. */
  take: z.int().min(1).max(99).optional().describe("2 for another result"),
  idempotency_key: z.string().optional(),
  allow_duplicate: z.boolean().optional(),
  confirm_token: z.string().optional().describe("From quote_cost")
}

export interface PaidArguments {
  readonly take?: number | undefined
  readonly idempotency_key?: string | undefined
  readonly allow_duplicate?: boolean | undefined
  readonly confirm_token?: string | undefined
}
