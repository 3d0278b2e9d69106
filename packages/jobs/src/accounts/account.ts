import { Kling, operations } from "@klingkit/core"
import { firstPackMillis, noAccount } from "@klingkit/core/internal"
import { Clock, Context, Effect, FiberSet, Layer, Option, Ref, Semaphore } from "effect"
import type { KnownCredential } from "../ledger/accounts.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { JobsSettings } from "../settings.ts"

/**
 * The Kling account that this program pays from. Jobs are recorded under its credential; the ledger knows which other
 * credentials are of the same account, such as the one before a key was rotated, and finds their jobs as well.
 */
export class Account extends Context.Service<
  Account,
  {
    /**
     * What this program's jobs are recorded under. If the ledger has jobs of other credentials, it has learned by then
     * which of them are of this account.
     */
    readonly current: Effect.Effect<string, LedgerError>
    /**
     * The ledger has a job of this program: in the background the ledger learns what identifies its account, so that the next credential of
     * the account finds it.
     */
    readonly remember: Effect.Effect<void>
    /** Whether jobs recorded under another credential are of this account, as far as is known. */
    isOwn(credential: string): Effect.Effect<boolean, LedgerError>
    /** Names the account of this program, or the one that paid for a job: equal names are one account. */
    name(name: string, job?: string): Effect.Effect<void, LedgerError>
    /** The user says that this program's credential is of the account that paid for a job. */
    link(job: string): Effect.Effect<void, LedgerError>
  }
>()("@klingkit/jobs/Account") {
  static readonly layer: Layer.Layer<Account, never, Kling | Ledger | JobsSettings> = Layer.effect(
    Account,
    Effect.suspend(() => make)
  )
}

/** New packs are noticed this much later, so that they identify the account when an old pack is gone. */
const refreshMillis = 30 * 24 * 3_600_000
/** An account of which no pack is known may just not have answered. */
const retryMillis = 3_600_000
/** Longer than Kling takes to answer, and short enough for a request to wait. */
const readTimeout = "3 seconds"

const make = Effect.gen(function* () {
  const kling = yield* Kling
  const ledger = yield* Ledger
  const settings = yield* JobsSettings
  const { account: credential, credentialDigest: key, region } = kling
  const facts = { credential, key, region, ...(settings.account === undefined ? {} : { name: settings.account }) }
  const isSettled = yield* Ref.make(credential === noAccount)
  const turns = yield* Semaphore.make(1)

  const readPacks = Effect.gen(function* () {
    const endTime = yield* Clock.currentTimeMillis
    const costs = kling.call(operations["account.costs"], { startTime: firstPackMillis, endTime })
    const answer = yield* Effect.option(Effect.timeout(costs, readTimeout))
    const packs = Option.isNone(answer) ? undefined : answer.value.resource_pack_subscribe_infos
    return (packs ?? []).map(({ resource_pack_id: id }) => id)
  })

  /** Once in this process. Kling is asked only for what matters: a ledger without other credentials has no question. */
  const settle = (hasPaid: boolean) =>
    Effect.gen(function* () {
      if (yield* Ref.get(isSettled)) return
      const known = yield* ledger.credential(credential)
      const isRenamed = settings.account !== undefined && settings.account !== known?.name
      const wouldHelp = isStale(known, yield* Clock.currentTimeMillis)
      const asksNow = wouldHelp && (hasPaid || (yield* ledger.hasOthers(credential)))
      if (asksNow) {
        const packs = yield* readPacks
        const hasFailed = packs.length === 0 && (known?.packs.length ?? 0) > 0
        yield* ledger.registerAccount({ ...facts, ...(hasFailed ? {} : { packs }) })
      } else if (isRenamed) {
        yield* ledger.registerAccount(facts)
      }
      yield* Ref.set(isSettled, asksNow || !wouldHelp)
    }).pipe((settling) => turns.withPermit(settling))

  const background = yield* FiberSet.make()
  yield* Effect.addFinalizer(() => FiberSet.awaitEmpty(background))
  const current = Effect.as(settle(false), credential)

  const payerOf = Effect.fnUntraced(function* (job: string) {
    const { principal } = settings
    return yield* ledger.get(job, principal).pipe(
      Effect.catchReason("LedgerError", "NotFound", () => ledger.pipelines.get(job, principal)),
      Effect.map(({ account }) => account)
    )
  })

  return Account.of({
    current,
    remember: Effect.asVoid(FiberSet.run(background, Effect.ignore(settle(true)))),
    isOwn: Effect.fnUntraced(function* (other) {
      return (yield* ledger.accountRelation(yield* current, other)) === "same"
    }),
    name: Effect.fnUntraced(function* (name, job) {
      const named = job === undefined ? credential : yield* payerOf(job)
      yield* ledger.registerAccount({ ...(named === credential ? facts : { credential: named }), name: name.trim() })
    }),
    link: Effect.fnUntraced(function* (job) {
      yield* ledger.linkAccounts(yield* current, yield* payerOf(job))
    })
  })
})

const isStale = (known: KnownCredential | undefined, now: number): boolean =>
  known === undefined || Math.abs(now - known.checkedAt) > (known.packs.length > 0 ? refreshMillis : retryMillis)
