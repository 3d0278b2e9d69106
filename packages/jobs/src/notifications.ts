import { Effect, Latch, Option, RcMap, type Scope } from "effect"

/** Wakes the fibers of this process that wait for a change, before their next poll is due. */
export interface Notifications<E = never> {
  /** Ends at the next notification of the key. */
  readonly await: (key: string) => Effect.Effect<void>
  readonly notify: (key: string) => Effect.Effect<void, E>
}

export const makeNotifications: Effect.Effect<Notifications, never, Scope.Scope> = Effect.map(
  RcMap.make({ lookup: (_key: string) => Latch.make() }),
  (latches): Notifications => ({
    await: (key) => Effect.scoped(Effect.flatMap(RcMap.get(latches, key), (latch) => latch.await)),
    notify: (key) =>
      Effect.scoped(
        Effect.flatMap(
          RcMap.getOption(latches, key),
          Option.match({ onNone: () => Effect.void, onSome: (latch) => Effect.asVoid(latch.release) })
        )
      )
  })
)
