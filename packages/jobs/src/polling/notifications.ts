import { Deferred, Effect } from "effect"

/** Wakes the fibers of this process that wait for a change, before their next poll is due. */
export interface Notifications {
  /** Ends at the next notification of the key. */
  readonly await: (key: string) => Effect.Effect<void>
  readonly notify: (key: string) => Effect.Effect<void>
}

export const makeNotifications = (): Notifications => {
  const subscriptions = new Map<string, { readonly notified: Deferred.Deferred<void>; waiting: number }>()
  return {
    await: (key) =>
      Effect.suspend(() => {
        const subscription = subscriptions.get(key) ?? { notified: Deferred.makeUnsafe<void>(), waiting: 0 }
        subscriptions.set(key, subscription)
        subscription.waiting += 1
        const unsubscribe = Effect.sync(() => {
          subscription.waiting -= 1
          if (subscription.waiting === 0 && subscriptions.get(key) === subscription) subscriptions.delete(key)
        })
        return Effect.ensuring(Deferred.await(subscription.notified), unsubscribe)
      }),
    notify: (key) =>
      Effect.suspend(() => {
        const subscription = subscriptions.get(key)
        subscriptions.delete(key)
        return subscription === undefined
          ? Effect.void
          : Effect.asVoid(Deferred.succeed(subscription.notified, undefined))
      })
  }
}
