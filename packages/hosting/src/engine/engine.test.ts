import { describe, expect, it } from "@effect/vitest"
import { localPrincipal } from "@klingkit/jobs/internal"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { type ConnectedAccount, KlingAccounts } from "../accounts/kling-accounts.ts"
import { layerEngine } from "./engine.ts"

const connected = (connectedAt: number): ConnectedAccount => ({
  connectedAt,
  region: "global",
  credentials: { kind: "api-key", apiKey: Redacted.make(`key of ${connectedAt}`) }
})

/** The engine of one server; tells which accounts had how many turns, and whose former keys were let go. */
const engineWorld = Effect.gen(function* () {
  const accounts = new Map<string, ConnectedAccount>()
  const atWork = new Set<string>()
  const turns = new Map<string, number>()
  const letGo: Array<string> = []
  const engine = layerEngine({
    turn: (principal, account) =>
      Effect.sync(() => {
        const name = account === undefined ? principal : `${principal} since ${account.connectedAt}`
        turns.set(name, (turns.get(name) ?? 0) + 1)
      }),
    letGo: (principal) => Effect.sync(() => void letGo.push(principal))
  })
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
  /** The accounts that have a turn from now on. */
  const turnsOf = Effect.fnUntraced(function* (seconds: number) {
    turns.clear()
    yield* TestClock.adjust(`${seconds} seconds`)
    return new Map(turns)
  })
  return { accounts, atWork, letGo, turnsOf }
})

describe("the engine of a server", () => {
  it.effect("works on its own account and on those with jobs, as long as they have some", () =>
    Effect.gen(function* () {
      const { accounts, atWork, turnsOf } = yield* engineWorld
      accounts.set("anna", connected(1))
      accounts.set("ben", connected(2))
      atWork.add("anna")
      const first = yield* turnsOf(60)
      expect([...first.keys()].toSorted()).toEqual(["anna since 1", localPrincipal])
      expect(first.get("anna since 1")).toBeGreaterThanOrEqual(9)
      expect(first.get("anna since 1")).toBeLessThanOrEqual(13)
      atWork.delete("anna")
      atWork.add("ben")
      expect([...(yield* turnsOf(120)).keys()].toSorted()).toEqual(["ben since 2", localPrincipal])
    })
  )

  it.effect("no longer uses a key that was replaced, nor one of an account that was disconnected", () =>
    Effect.gen(function* () {
      const { accounts, atWork, letGo, turnsOf } = yield* engineWorld
      accounts.set("anna", connected(1))
      atWork.add("anna")
      expect([...(yield* turnsOf(30)).keys()]).toContain("anna since 1")
      letGo.length = 0
      accounts.set("anna", connected(2))
      expect([...(yield* turnsOf(10)).keys()].toSorted()).toEqual(["anna since 2", localPrincipal])
      expect(letGo).toEqual(["anna"])
      accounts.delete("anna")
      expect([...(yield* turnsOf(30)).keys()]).toEqual([localPrincipal])
      expect(letGo).toEqual(["anna", "anna"])
    })
  )
})
