import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { TestClock } from "effect/testing"
import { CallLimits } from "./call-limits.ts"

const inOwnScope = (caller: string) => Effect.exit(Effect.scoped(CallLimits.use((limits) => limits.admit(caller))))

describe("the calls of one caller", () => {
  it.effect("are limited by the minute, and leave those of others alone", () =>
    Effect.gen(function* () {
      for (let call = 0; call < 3; call++) expect(Exit.isSuccess(yield* inOwnScope("anna"))).toBe(true)
      const refused = yield* Effect.flip(Effect.scoped(CallLimits.use((limits) => limits.admit("anna"))))
      expect(refused).toMatchObject({ message: "at most 3 calls a minute", retryAfterSeconds: 20 })
      expect(Exit.isSuccess(yield* inOwnScope("ben"))).toBe(true)
      yield* TestClock.adjust("20 seconds")
      expect(Exit.isSuccess(yield* inOwnScope("anna"))).toBe(true)
      expect(Exit.isSuccess(yield* inOwnScope("anna"))).toBe(false)
    }).pipe(Effect.provide(CallLimits.layer({ callsPerMinute: 3, concurrentCalls: 10 })))
  )

  it.effect("are limited at a time, until one has ended, also one that was refused by the minute", () =>
    Effect.gen(function* () {
      const limits = yield* CallLimits
      const first = yield* Scope.make()
      yield* Scope.provide(limits.admit("anna"), first)
      expect(Exit.isSuccess(yield* inOwnScope("anna"))).toBe(true)
      const second = yield* Scope.make()
      yield* Scope.provide(limits.admit("anna"), second)
      expect(yield* Effect.flip(Effect.scoped(limits.admit("anna")))).toMatchObject({
        message: "at most 2 calls at a time; wait for one to end"
      })
      expect(Exit.isSuccess(yield* inOwnScope("ben"))).toBe(true)
      yield* Scope.close(first, Exit.void)
      expect(Exit.isSuccess(yield* inOwnScope("anna"))).toBe(true)
    }).pipe(Effect.provide(CallLimits.layer({ callsPerMinute: 100, concurrentCalls: 2 })))
  )
})
