import type { Vitest } from "@effect/vitest"
import type { Quote } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import type { ChainIntent } from "../begin-chain.ts"
import type { Opened } from "./test-database.ts"
import { codeOf, noon, sampleIntent } from "./sample-intent.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

const purse = { principal: "local", account: "account-1" }
const cents42: Quote = { state: "exact", pack: "video", units: 3, priceUsd: 0.42, rule: "3 units" }
const open: Quote = { state: "estimate", pack: "video", rule: "by length" }

let minted = 0

/** Two films of 42 cents, one after the other. */
const sampleChain = (changes: Partial<ChainIntent> = {}): ChainIntent => {
  minted += 1
  const step = { operation: "new.t2v.kling-3.0", quote: cents42, takesFrom: [] }
  return {
    handle: `kk-chain-${String(minted).padStart(26, "0")}`,
    ...purse,
    name: "two films",
    fingerprint: `films ${minted}`,
    quote: { ...cents42, units: 6, priceUsd: 0.84 },
    steps: [
      { id: "one", ...step, needs: [] },
      { id: "two", ...step, needs: ["one"] }
    ],
    plan: { steps: [{ id: "one" }, { id: "two" }] },
    ...changes
  }
}

/** A step of a chain as far as its task's end. */
const pay = Effect.fnUntraced(function* ({ ledger }: Opened, chain: string, step: string) {
  const { job } = yield* ledger.begin(sampleIntent({ partOf: { chain, step }, idempotencyKey: `${chain}/${step}` }))
  const lease = { owner: "this-process", fence: 1 }
  yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease })
  yield* ledger.transition(job.handle, ["SENDING"], "ACCEPTED", { lease })
  yield* ledger.transition(job.handle, ["ACCEPTED"], "SUCCEEDED")
})

/** Chains: begun as a whole, ended, resumed; their money set aside. */
export const chainsSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("sets a chain's price aside, and hands it over to each step that begins", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      const { chain } = yield* ledger.chains.begin(sampleChain({ limits: { maxUsdPerDay: 1 } }))
      expect([chain.reservedUsd, yield* ledger.spentTodayUsd(purse)]).toEqual([0.84, 0.84])
      expect(yield* codeOf(ledger.begin(sampleIntent({ limits: { maxUsdPerDay: 1 } })))).toBe("LEDGER_OVER_BUDGET")
      yield* pay(opened, chain.handle, "one")
      expect((yield* ledger.chains.get(chain.handle, "local")).reservedUsd).toBe(0.42)
      expect(yield* ledger.spentTodayUsd(purse)).toBe(0.84)
      yield* ledger.chains.end(chain, "STOPPED", "it rained")
      expect(yield* ledger.spentTodayUsd(purse)).toBe(0.42)
    })
  )

  it.effect("refuses a chain that is over a limit as a whole, also when a part of its price is open", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const begin = (changes: Partial<ChainIntent>) => codeOf(ledger.chains.begin(sampleChain(changes)))
      expect(yield* begin({ limits: { maxUsdPerCall: 0.8 } })).toBe("LEDGER_OVER_BUDGET")
      expect(yield* begin({ quote: open, limits: { maxUsdPerDay: 0.8 } })).toBe("LEDGER_OVER_BUDGET")
      yield* ledger.chains.begin(sampleChain({ quote: open, limits: { maxUsdPerDay: 0.84 } }))
    })
  )

  it.effect("knows a chain again by its key, always; without one for two minutes, and until it has succeeded", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const keyed = sampleChain({ idempotencyKey: "k" })
      const { chain } = yield* ledger.chains.begin(keyed)
      const again = yield* ledger.chains.begin({ ...keyed, handle: sampleChain().handle })
      expect([again.isNew, again.chain.handle]).toEqual([false, chain.handle])
      expect(yield* codeOf(ledger.chains.begin(sampleChain({ idempotencyKey: "k" })))).toBe(
        "LEDGER_IDEMPOTENCY_MISMATCH"
      )

      const plain = sampleChain()
      const first = yield* ledger.chains.begin(plain)
      const repeated = Effect.map(ledger.chains.find(plain), (found) => found?.handle)
      yield* TestClock.setTime(noon + 3_600_000)
      expect(yield* repeated).toBe(first.chain.handle)
      yield* ledger.chains.end(first.chain, "SUCCEEDED")
      expect(yield* repeated).toBe(undefined)
      expect(yield* ledger.chains.find({ ...plain, principal: "another" })).toBe(undefined)
    })
  )

  it.effect("lets a stopped chain go on, and only that; what is paid needs no money set aside", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { chains } = opened.ledger
      const { chain } = yield* chains.begin(sampleChain())
      expect((yield* chains.resume(chain)).resumes).toBe(0)
      yield* pay(opened, chain.handle, "one")
      yield* chains.end(chain, "STOPPED", "it rained")
      expect(yield* chains.get(chain.handle, "local")).toMatchObject({ state: "STOPPED", message: "it rained" })
      expect(yield* codeOf(chains.resume(chain, { limits: { maxUsdPerDay: 0.8 } }))).toBe("LEDGER_OVER_BUDGET")
      const resumed = yield* chains.resume(chain)
      expect(resumed).toMatchObject({ state: "RUNNING", resumes: 1, reservedUsd: 0.42 })
      // Whoever has not seen the resume ends nothing.
      yield* chains.end(chain, "STOPPED", "it rained")
      expect((yield* chains.get(chain.handle, "local")).state).toBe("RUNNING")
      yield* chains.end(resumed, "SUCCEEDED")
      expect(yield* codeOf(opened.ledger.input(chain.handle))).toBe("LEDGER_NOT_FOUND")
    })
  )

  it.effect("keeps a chain's money set aside when a step was refused, and for a step that may be paid again", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { chain } = yield* ledger.chains.begin(sampleChain())
      const begin = Effect.fnUntraced(function* (step: string, idempotencyKey: string) {
        const partOf = { chain: chain.handle, step }
        return (yield* ledger.begin(sampleIntent({ partOf, idempotencyKey }))).job.handle
      })
      const lease = { owner: "this-process", fence: 1 }
      yield* ledger.transition(yield* begin("one", "first"), ["INTENT"], "REFUSED", { lease })
      expect(yield* ledger.spentTodayUsd(purse)).toBe(0.84)
      const again = yield* begin("one", "again")
      expect(yield* ledger.spentTodayUsd(purse)).toBe(0.84)
      yield* ledger.transition(again, ["INTENT"], "SENDING", { lease })
      yield* ledger.transition(again, ["SENDING"], "IN_DOUBT", { lease })
      yield* ledger.transition(again, ["IN_DOUBT"], "UNKNOWN", { lease })
      yield* ledger.chains.end(chain, "STOPPED", "it rained")
      expect((yield* ledger.chains.resume(chain)).reservedUsd).toBe(0.42)
      yield* ledger.chains.end(yield* ledger.chains.get(chain.handle, "local"), "STOPPED", "it rained")
      expect((yield* ledger.chains.resume(chain, { repeatUnknown: true })).reservedUsd).toBe(0.84)
    })
  )

  it.effect("shows chains to their owner only", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { chain } = yield* ledger.chains.begin(sampleChain())
      expect(yield* codeOf(ledger.chains.get(chain.handle, "another"))).toBe("LEDGER_NOT_FOUND")
      expect(yield* ledger.chains.list({ principal: "another" })).toEqual([])
      expect(yield* ledger.chains.list({ principal: "local", states: ["RUNNING"] })).toHaveLength(1)
    })
  )

  it.effect("does not forget the steps of a chain that may go on", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      const { chain } = yield* ledger.chains.begin(sampleChain())
      yield* pay(opened, chain.handle, "one")
      yield* ledger.chains.end(chain, "STOPPED", "it rained")
      const forgetAll = Effect.fnUntraced(function* (daysLater: number) {
        const now = noon + daysLater * 86_400_000
        yield* TestClock.setTime(now)
        return yield* ledger.forgetBefore(now)
      })
      expect(yield* forgetAll(20)).toBe(0)
      expect(yield* ledger.chains.jobs(chain.handle)).toHaveLength(1)
      expect(yield* forgetAll(40)).toBe(1)
      expect(yield* codeOf(ledger.chains.get(chain.handle, "local"))).toBe("LEDGER_NOT_FOUND")
      expect(yield* codeOf(ledger.input(chain.handle))).toBe("LEDGER_NOT_FOUND")
    })
  )

  it.effect("never forgets a chain with a key of its own: it would be paid again", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const keyed = sampleChain({ idempotencyKey: "the film" })
      const { chain } = yield* ledger.chains.begin(keyed)
      yield* ledger.chains.end(chain, "SUCCEEDED")
      yield* TestClock.setTime(noon + 500 * 86_400_000)
      yield* ledger.forgetBefore(noon + 100 * 86_400_000)
      const again = yield* ledger.chains.begin({ ...keyed, handle: sampleChain().handle })
      expect([again.isNew, again.chain.handle]).toEqual([false, chain.handle])
    })
  )
}
