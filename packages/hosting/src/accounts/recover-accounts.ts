import { Effect, FiberMap, Schedule, type Scope } from "effect"
import { type ConnectedAccount, KlingAccounts } from "./kling-accounts.ts"

const everyMinute = Schedule.spaced("1 minute")

/**
 * Resumes the jobs of callers that pay from accounts of their own: at the start, and whenever their processes have left
 * some, also if they do not call again. Jobs on the server's account are recovered by every process that has it.
 */
export const recoverAccounts = Effect.fnUntraced(function* <R>(
  recover: (principal: string, account: ConnectedAccount) => Effect.Effect<void, never, R>
): Effect.fn.Return<void, never, KlingAccounts | Scope.Scope | R> {
  const accounts = yield* KlingAccounts
  const running = yield* FiberMap.make<string, void>()
  const turn = Effect.gen(function* () {
    for (const principal of yield* accounts.atWork) {
      const account = yield* Effect.option(accounts.find(principal))
      if (account._tag === "None" || account.value === undefined) continue
      yield* FiberMap.run(running, principal, recover(principal, account.value), { onlyIfMissing: true })
    }
  })
  yield* Effect.ignore(turn).pipe(Effect.repeat(everyMinute), Effect.forkScoped)
})
