import { Context, Effect, Fiber, FiberSet, Layer, type Scope } from "effect"
import { shutdownMillis } from "../config.ts"
import { JobsSettings } from "../settings.ts"

/** The sends of this process. They outlive their callers, but not the ledger, which closes after them. */
export class Sends extends Context.Service<
  Sends,
  {
    /** Starts a send in the background, until the jobs close. */
    fork<A, E, R>(send: (progress: SendProgress) => Effect.Effect<A, E, R>): Effect.Effect<Fiber.Fiber<A, E>, never, R>
  }
>()("@klingkit/jobs/Sends") {
  /** By default closing waits until each request that was sent must have an outcome. */
  static readonly layer: Layer.Layer<Sends, never, JobsSettings> = Layer.effect(
    Sends,
    Effect.flatMap(JobsSettings, (settings) => make(shutdownMillis(settings)))
  )
}

export interface SendProgress {
  /** Before the request leaves: closing then waits until its outcome is persisted. Interrupts if the jobs are closing. */
  readonly sending: Effect.Effect<void>
  /** Kling has certainly not accepted the request, and it is queued again. */
  readonly requeued: Effect.Effect<void>
}

/**
 * When the scope closes, requests that have not left are interrupted, so that another process sends them. Those that have
 * are awaited for `graceMillis` at most; then they are left to recovery, as after a crash.
 */
const make = Effect.fnUntraced(function* (graceMillis: number): Effect.fn.Return<Sends["Service"], never, Scope.Scope> {
  const running = yield* FiberSet.make()
  const unsent = new Set<Fiber.Fiber<unknown, unknown>>()
  let isClosing = false
  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      isClosing = true
      yield* Fiber.interruptAll(unsent)
      yield* Effect.timeoutOption(FiberSet.awaitEmpty(running), graceMillis)
    })
  )
  return {
    fork: (send) => {
      const tracked = Effect.withFiber((fiber: Fiber.Fiber<unknown, unknown>) => {
        const interruptIfClosing = Effect.suspend(() =>
          isClosing && unsent.has(fiber) ? Effect.interrupt : Effect.void
        )
        const sending = Effect.andThen(
          interruptIfClosing,
          Effect.sync(() => void unsent.delete(fiber))
        )
        const requeued = Effect.andThen(
          Effect.sync(() => void unsent.add(fiber)),
          interruptIfClosing
        )
        return requeued.pipe(
          Effect.andThen(send({ sending, requeued })),
          Effect.ensuring(Effect.sync(() => void unsent.delete(fiber)))
        )
      })
      return FiberSet.run(running, tracked)
    }
  }
})
