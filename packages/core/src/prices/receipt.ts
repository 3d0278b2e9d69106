import type { Charge } from "../wire/task.ts"
import type { Quote } from "./quote.ts"

/** What was quoted and what Kling took, in units, where the two are not the same. */
export interface QuoteMismatch {
  readonly quotedUnits: number
  readonly chargedUnits: number
}

/** Holds a task's charges against its quote. Nothing when they agree, and where there is no exact quote to hold them to. */
export const quoteMismatch = (quote: Quote | undefined, charges: ReadonlyArray<Charge>): QuoteMismatch | undefined => {
  const inUnits = charges.filter((charge) => charge.kind === "unit")
  if (quote?.state !== "exact" || quote.units === undefined || inUnits.length === 0) return undefined
  const chargedUnits = inUnits.reduce((sum, charge) => sum + charge.amount, 0)
  return Math.abs(chargedUnits - quote.units) < 1e-6 ? undefined : { quotedUnits: quote.units, chargedUnits }
}
