import { describe, expect, it } from "@effect/vitest"
import { localPrincipal } from "@klingkit/jobs/internal"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { type ConnectedAccount, KlingAccounts } from "../accounts/kling-accounts.ts"
import { type AccountWork, layerEngine } from "./engine.ts"

const connected = (connectedAt: number): ConnectedAccount => ({
  connectedAt,
  region: "global",
  credentials: { kind: "api-key", apiKey: Redacted.make(`key of ${connectedAt}`) }
})

/** The engine of one server; tells which accounts it works on, and how often each had its turn. */
const engineWorld = Effect.gen(function* () {
  const accounts = new Map<string, ConnectedAccount>()
  const atWork = new Set<string>()
  const open = new Set<string>()
  const turns = new Map<string, number>()
  const letGo: Array<string> = []
  const tend: AccountWork<never>["tend"] = (principal, account) => {
    const name = account === undefined ? principal : `${principal} since ${account.connectedAt}`
    const count = Effect.sync(() => void turns.set(name, (turns.get(name) ?? 0) + 1))
    const opened = Effect.acquireRelease(
      Effect.sync(() => open.add(name)),
      () => Effect.sync(() => open.delete(name))
    )
    return Effect.as(opened, count)
  }
  const engine = layerEngine({ tend, letGo: (principal) => Effect.sync(() => void letGo.push(principal)) })
  yield* Layer.build(
    engine.pipe(
      Layer.provide(
        Layer.mock(KlingAccounts, {
          find: (principal) => Effect.sync(() => accounts.get(principal)),
          atWork: Effect.sync(() => [...atWork])
        })
      ),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: {} })))
    )
  )
  return { accounts, atWork, open, turns, letGo }
})

describe("the engine of a server", () => {
  it.effect("works on its own account and on those with jobs, as long as they have some", () =>
    Effect.gen(function* () {
      const { accounts, atWork, open, turns } = yield* engineWorld
      accounts.set("anna", connected(1))
      accounts.set("ben", connected(2))
      atWork.add("anna")
      yield* TestClock.adjust("1 minute")
      expect([...open].toSorted()).toEqual(["anna since 1", localPrincipal])
      expect(turns.get("anna since 1")).toBeGreaterThanOrEqual(9)
      expect(turns.get("anna since 1")).toBeLessThanOrEqual(13)
      atWork.delete("anna")
      atWork.add("ben")
      yield* TestClock.adjust("2 minutes")
      expect([...open].toSorted()).toEqual(["ben since 2", localPrincipal])
    })
  )

  it.effect("no longer uses a key that was replaced, nor one of an account that was disconnected", () =>
    Effect.gen(function* () {
      const { accounts, atWork, open, turns, letGo } = yield* engineWorld
      accounts.set("anna", connected(1))
      atWork.add("anna")
      yield* TestClock.adjust("30 seconds")
      letGo.length = 0
      accounts.set("anna", connected(2))
      yield* TestClock.adjust("6 seconds")
      expect([...open].toSorted()).toEqual(["anna since 2", localPrincipal])
      expect(letGo).toEqual(["anna"])
      const before = turns.get("anna since 1")
      accounts.delete("anna")
      yield* TestClock.adjust("30 seconds")
      expect([...open]).toEqual([localPrincipal])
      expect(letGo.length).toBeGreaterThan(1)
      expect(turns.get("anna since 1")).toBe(before)
    })
  )
})
