import { databaseFromConfig, localPrincipal, ProgressWatch } from "@klingkit/jobs/internal"
import { Cause, Effect, Layer } from "effect"
import { Entity, EntityId, Sharding } from "effect/cluster"
import { Rpc } from "effect/rpc"
import { type ConnectedAccount, KlingAccounts } from "../accounts/kling-accounts.ts"
import { clusterOf } from "./cluster.ts"

/** What works on the jobs of Kling accounts; the server's own account when none is given. */
export interface AccountWork<R> {
  /** One turn: polls what is due, and recovers what other processes have orphaned. */
  turn(principal: string, account: ConnectedAccount | undefined): Effect.Effect<void, never, R>
  /** Ends what works with another account of the principal than the one that is connected now, if any. */
  letGo(principal: string, account: ConnectedAccount | undefined): Effect.Effect<void, never, R>
}

const everySeconds = 5

/** A Kling account with jobs that have not ended, by the principal that pays from it. One server at a time has it. */
const KlingAccount = Entity.make("KlingAccount", [Rpc.make("Work")])

/**
 * Makes jobs end in the ledger although no caller waits for them, and recovers those of servers that have died. Of all servers on a
 * database one works on an account; another takes over within 15 s. That is about who works, not about what may be sent:
 * every send passes the lease of its job, so that an owner that wakes up late is slow, and never pays twice.
 */
export const layerEngine = <R>(accountWork: AccountWork<R>): Layer.Layer<never, never, KlingAccounts | R> => {
  const accounts = KlingAccount.toLayer(
    Effect.gen(function* () {
      const { entityId: principal } = yield* Entity.CurrentAddress
      const connected = yield* KlingAccounts
      let since: number | undefined
      const work = Effect.gen(function* () {
        const account = principal === localPrincipal ? undefined : yield* connected.find(principal)
        // A key that was replaced is no longer used, nor that of an account that was disconnected.
        if (account?.connectedAt !== since) yield* accountWork.letGo(principal, account)
        since = account?.connectedAt
        if (account !== undefined || principal === localPrincipal) yield* accountWork.turn(principal, account)
      })
      // What fails is due again.
      return KlingAccount.of({ Work: () => Effect.ignore(work) })
    }),
    { maxIdleTime: `${6 * everySeconds} seconds`, mailboxCapacity: 1 }
  )
  return Layer.effectDiscard(
    Effect.gen(function* () {
      const database = yield* databaseFromConfig
      const watched = (yield* ProgressWatch).watch("accounts")
      const turns = Effect.forever(
        watched.turn.pipe(Effect.andThen(wakeAccounts), Effect.andThen(Effect.sleep(`${everySeconds} seconds`)))
      )
      const running = turns.pipe(Effect.provide(accounts.pipe(Layer.provideMerge(clusterOf(database)))))
      yield* running.pipe(
        // Without a database there is nothing that could be late.
        Effect.ensuring(watched.end),
        Effect.catchCause((cause) =>
          Effect.logWarning(`the work on accounts has stopped, and begins again: ${String(Cause.squash(cause))}`)
        ),
        Effect.andThen(Effect.sleep(`${everySeconds} seconds`)),
        Effect.forever,
        Effect.forkScoped
      )
    })
  )
}

/** One turn of each account that this server has; not of one whose last turn has not ended. */
const wakeAccounts = Effect.gen(function* () {
  const sharding = yield* Sharding.Sharding
  const { atWork } = yield* KlingAccounts
  const clientOf = yield* KlingAccount.client
  for (const principal of [localPrincipal, ...(yield* Effect.orElseSucceed(atWork, () => []))]) {
    if (!sharding.hasShardId(yield* KlingAccount.getShardId(EntityId.make(principal)))) continue
    yield* Effect.ignore(clientOf(principal).Work(undefined, { discard: true }))
  }
})
