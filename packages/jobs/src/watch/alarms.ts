import { Deferred, Effect } from "effect"

/** Wakes those of this process who wait for news of a job before the time at which they would look. */
export interface Alarms {
  /** Ends when there is news of the job. */
  readonly next: (handle: string) => Effect.Effect<void>
  readonly ring: (handle: string) => Effect.Effect<void>
}

export const makeAlarms = (): Alarms => {
  const set = new Map<string, { readonly rung: Deferred.Deferred<void>; waiting: number }>()
  return {
    next: (handle) =>
      Effect.suspend(() => {
        const alarm = set.get(handle) ?? { rung: Deferred.makeUnsafe<void>(), waiting: 0 }
        set.set(handle, alarm)
        alarm.waiting += 1
        const leave = Effect.sync(() => {
          alarm.waiting -= 1
          if (alarm.waiting === 0 && set.get(handle) === alarm) set.delete(handle)
        })
        return Effect.ensuring(Deferred.await(alarm.rung), leave)
      }),
    ring: (handle) =>
      Effect.suspend(() => {
        const alarm = set.get(handle)
        set.delete(handle)
        return alarm === undefined ? Effect.void : Effect.asVoid(Deferred.succeed(alarm.rung, undefined))
      })
  }
}
