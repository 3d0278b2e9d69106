import { Effect } from "effect"
import type { NewJob } from "../create-job.ts"
import type { LedgerError } from "../ledger-error.ts"

/** Noon of a day (UTC): the clock's start in the ledger's tests. */
export const noon = Date.UTC(2026, 10, 22, 12)

let minted = 0

/** A request for a video of 42 cents, each with its own prompt. */
export const sampleJob = (changes: Partial<NewJob> = {}): NewJob => {
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

/** The code of the error that an effect fails with. */
export const codeOf = <A, R>(work: Effect.Effect<A, LedgerError, R>): Effect.Effect<string, A, R> =>
  Effect.map(Effect.flip(work), (error) => error.code)
