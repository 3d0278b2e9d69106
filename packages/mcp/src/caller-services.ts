import { Context, Effect, Layer, ManagedRuntime, RcMap, type Scope } from "effect"
import type { JobsConfig } from "@klingkit/jobs"
import { SignedState } from "./approval/signed-state.ts"
import type { Services, ServicesRuntime } from "./build-server.ts"
import { type Caller, type Disk, servicesFor } from "./services.ts"

/** The services of each caller of a hosted server. They share one ledger and the key of the request state. */
export class CallerServices extends Context.Service<
  CallerServices,
  {
    /** Built at the caller's first call, and closed when it has not called for a while. In use until the scope closes. */
    of(caller: Caller): Effect.Effect<Services, never, Scope.Scope>
  }
>()("@klingkit/mcp/CallerServices") {
  /** `callbackUrl` is where Kling calls back about jobs on the server's account. */
  static readonly layer = (callbackUrl?: JobsConfig["callbackUrl"]): Layer.Layer<CallerServices, never, Disk> =>
    Layer.effect(CallerServices, make(callbackUrl)).pipe(Layer.provide(SignedState.layerConfig))
}

const make = Effect.fnUntraced(function* (callbackUrl: JobsConfig["callbackUrl"]) {
  const shared = Layer.succeedContext(yield* Effect.context<Disk | SignedState>())
  const callers = yield* RcMap.make({
    lookup: (caller: Caller) =>
      Effect.acquireRelease(
        Effect.sync((): ServicesRuntime =>
          ManagedRuntime.make(servicesFor(caller, callbackUrl).pipe(Layer.provideMerge(shared)))
        ),
        (services) => services.disposeEffect
      ),
    // Keys of callers are not kept for longer than a chat needs them.
    idleTimeToLive: ({ apiKey }) => (apiKey === undefined ? "30 minutes" : "2 minutes")
  })
  return CallerServices.of({ of: (caller) => RcMap.get(callers, caller) })
})
