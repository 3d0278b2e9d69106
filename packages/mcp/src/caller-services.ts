import { Jobs } from "@klingkit/jobs"
import { Context, Effect, Layer, ManagedRuntime, RcMap, type Scope } from "effect"
import { SignedState } from "./approval/signed-state.ts"
import type { Services } from "./build-server.ts"
import { type Caller, type Disk, type HostingOptions, servicesFor } from "./services.ts"

/** The services of each caller of a hosted server. They share one ledger and the key of the request state. */
export class CallerServices extends Context.Service<
  CallerServices,
  {
    /** Built at the caller's first call, and closed when it has not called for a while. In use until the scope closes. */
    of(caller: Caller): Effect.Effect<Services, never, Scope.Scope>
    /**
     * The account that a caller has connected by now, if any: what works with an earlier one ends after the requests that it has
     * sent. Those that still wait for a slot are left to the next key of that account.
     */
    letGo(principal: string, current: Caller["account"]): Effect.Effect<void>
    /** Polls, once, the jobs on a caller's account that are due, and recovers what other processes have orphaned there. */
    pollDue(caller: Caller): Effect.Effect<void>
  }
>()("@klingkit/mcp/CallerServices") {
  static readonly layer = (options?: HostingOptions): Layer.Layer<CallerServices, never, Disk> =>
    Layer.effect(CallerServices, make(options)).pipe(Layer.provide(SignedState.layerConfig))
}

const make = Effect.fnUntraced(function* (options?: HostingOptions) {
  const shared = Layer.succeedContext(yield* Effect.context<Disk | SignedState>())
  const scope = yield* Effect.scope
  const callers = yield* RcMap.make({
    lookup: (caller: Caller) =>
      Effect.acquireRelease(
        Effect.sync(() => ManagedRuntime.make(servicesFor(caller, options).pipe(Layer.provideMerge(shared)))),
        (services) => services.disposeEffect
      ),
    // Keys of callers are not kept for longer than a chat needs them.
    idleTimeToLive: ({ account }) => (account === undefined ? "30 minutes" : "2 minutes")
  })
  return CallerServices.of({
    of: (caller) => RcMap.get(callers, caller),
    letGo: Effect.fnUntraced(function* (principal, current) {
      const connectedAt = connectionOf(current)
      for (const caller of yield* RcMap.keys(callers)) {
        const isFormer = caller.principal === principal && connectionOf(caller.account) !== undefined
        if (!isFormer || connectionOf(caller.account) === connectedAt) continue
        // In the background: what it has sent may take a while.
        yield* Effect.forkIn(RcMap.invalidate(callers, caller), scope)
      }
    }),
    pollDue: Effect.fnUntraced(function* (caller) {
      const { contextEffect } = yield* RcMap.get(callers, caller)
      const context = yield* contextEffect
      // What fails is due again.
      yield* Effect.ignore(Context.get(context, Jobs).pollDue())
    }, Effect.scoped)
  })
})

const connectionOf = (account: Caller["account"]): number | undefined =>
  typeof account === "object" ? account.connectedAt : undefined
