import { Effect } from "effect"
import type { Intent } from "../begin-job.ts"
import type { LedgerError } from "../ledger-error.ts"

/** Noon of a day (UTC): the clock's start in the ledger's tests. */
export const noon = Date.UTC(2026, 10, 22, 12)

let minted = 0

/** A request for a film of 42 cents, each with a prompt of its own. */
export const sampleIntent = (changes: Partial<Intent> = {}): Intent => {
  minted += 1
  const prompt = changes.prompt ?? `a fox, number ${minted}`
  return {
    handle: `kk-t2v-${String(minted).padStart(26, "0")}`,
    account: "account-1",
    operation: "new.t2v.kling-3.0",
    family: "t2v",
    model: "kling-3.0",
    generation: "new",
    input: { prompt, duration: 5 },
    quote: { state: "exact", pack: "video", units: 3, priceUsd: 0.42, rule: "3 units" },
    lease: { owner: "this-process", seconds: 30 },
    ...changes,
    prompt
  }
}

/** The code with which something fails. */
export const codeOf = <A, R>(work: Effect.Effect<A, LedgerError, R>): Effect.Effect<string, A, R> =>
  Effect.map(Effect.flip(work), (error) => error.code)
