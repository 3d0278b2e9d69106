import { describe, expect, it } from "@effect/vitest"
import { LedgerSource } from "@klingkit/jobs"
import { lazyLedger, Ledger } from "@klingkit/jobs/internal"
import { layerSqliteMemory } from "@klingkit/jobs/sqlite"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { inspect } from "node:util"
import { type KlingAccount, KlingAccounts } from "./kling-accounts.ts"

const own: KlingAccount = {
  credentials: { kind: "api-key", apiKey: Redacted.make("api-key-kling-of-anna") },
  region: "china",
  maxUsdPerDay: 2.5
}
const pair: KlingAccount = {
  credentials: { kind: "key-pair", accessKey: "access-of-ben", secretKey: Redacted.make("secret-of-ben") },
  region: "global",
  name: "own-1"
}

/** Work of a server with these settings; all of them share the ledger that is provided. */
const serverWith = (env: Readonly<Record<string, string>>) => {
  const settings = ConfigProvider.layer(ConfigProvider.fromEnv({ env }))
  return <A, E, R>(work: Effect.Effect<A, E, R>) =>
    work.pipe(Effect.provide(Layer.fresh(KlingAccounts.layer).pipe(Layer.provide(settings))))
}
const secret = "one secret"
const before = serverWith({ KLINGKIT_SECRET: secret })
const after = serverWith({ KLINGKIT_SECRET: "another", KLINGKIT_FORMER_SECRETS: ` older , ${secret} ` })
const lost = serverWith({ KLINGKIT_SECRET: "another" })
const without = serverWith({ KLINGKIT_FORMER_SECRETS: secret })

const connect = (principal: string, account: KlingAccount) =>
  KlingAccounts.use((accounts) => accounts.connect(principal, account))
const find = (principal: string) => KlingAccounts.use((accounts) => accounts.find(principal))
const list = KlingAccounts.use((accounts) => accounts.list)

const rows = Ledger.use((ledger) => ledger.storedCredentials.list).pipe(Effect.provide(lazyLedger))
const put = (row: { readonly principal: string; readonly keyId: string; readonly sealed: string }) =>
  Ledger.use((ledger) => ledger.storedCredentials.put(row)).pipe(Effect.provide(lazyLedger))

const onLedger = <A, E>(work: Effect.Effect<A, E, LedgerSource>) =>
  Effect.provide(work, LedgerSource.layer(layerSqliteMemory))

describe("the Kling accounts of callers", () => {
  it.effect("are found as they were connected, by their owners only, until they are disconnected", () =>
    onLedger(
      Effect.gen(function* () {
        yield* before(connect("anna", own))
        yield* before(connect("ben", pair))
        expect(yield* before(find("anna"))).toMatchObject(own)
        expect(yield* before(find("ben"))).toMatchObject(pair)
        expect(yield* before(find("cleo"))).toBeUndefined()
        const text = JSON.stringify(yield* rows)
        for (const plain of ["api-key-kling", "access-of-ben", "secret-of-ben", "china"]) {
          expect(text).not.toContain(plain)
          expect(text).not.toContain(Buffer.from(plain).toString("base64url").slice(0, -2))
        }
        expect(yield* before(KlingAccounts.use((accounts) => accounts.disconnect("anna")))).toBe(true)
        expect(yield* before(find("anna"))).toBeUndefined()
        expect(yield* rows).toHaveLength(1)
      })
    )
  )

  it.effect("are encrypted differently each time", () =>
    onLedger(
      Effect.gen(function* () {
        const seen = new Set<string>()
        for (let time = 0; time < 20; time++) {
          yield* before(connect("anna", own))
          for (const { sealed } of yield* rows) seen.add(sealed.slice(0, 16)).add(sealed)
        }
        expect(seen.size).toBe(40)
      })
    )
  )

  it.effect("are unreadable, and never those of another caller, where a row was altered, moved or exchanged", () =>
    onLedger(
      Effect.gen(function* () {
        yield* before(connect("anna", own))
        yield* before(connect("ben", pair))
        const [ofAnna, ofBen] = yield* rows
        if (ofAnna === undefined || ofBen === undefined) return expect.fail("not stored")
        const middle = Math.floor(ofAnna.sealed.length / 2)
        const flipped = ofAnna.sealed[middle] === "A" ? "B" : "A"
        const altered = [
          { sealed: `${ofAnna.sealed.slice(0, middle)}${flipped}${ofAnna.sealed.slice(middle + 1)}` },
          { sealed: ofAnna.sealed.slice(0, -4) },
          { sealed: ofBen.sealed },
          { sealed: "" },
          { sealed: "not base64!" },
          { keyId: "0000000000000000" }
        ]
        for (const change of altered) {
          yield* put({ ...ofAnna, ...change })
          expect(yield* before(Effect.flip(find("anna")))).toMatchObject({ _tag: "AccountUnreadable" })
        }
        yield* put({ ...ofAnna, principal: "cleo" })
        expect(yield* before(Effect.flip(find("cleo")))).toMatchObject({ principal: "cleo" })
      })
    )
  )

  it.effect("are read with a former secret, and encrypted with the new one at their next use", () =>
    onLedger(
      Effect.gen(function* () {
        yield* before(connect("anna", own))
        const [first] = yield* rows
        expect(yield* after(list)).toMatchObject([{ principal: "anna", secret: "former" }])
        expect(yield* after(find("anna"))).toMatchObject(own)
        const [second] = yield* rows
        expect(second).toMatchObject({ storedAt: first?.storedAt })
        expect(second?.keyId).not.toBe(first?.keyId)
        expect(yield* lost(find("anna"))).toMatchObject(own)
        // The former secret alone opens it no more.
        expect(yield* before(Effect.flip(find("anna")))).toMatchObject({ _tag: "AccountUnreadable" })
      })
    )
  )

  it.effect("are all encrypted anew by a command, which says whose are lost", () =>
    onLedger(
      Effect.gen(function* () {
        yield* before(connect("anna", own))
        yield* before(connect("ben", pair))
        yield* serverWith({ KLINGKIT_SECRET: "of nobody" })(connect("cleo", own))
        const reseal = KlingAccounts.use((accounts) => accounts.reseal)
        expect(yield* after(reseal)).toEqual({ resealed: 2, unreadable: ["cleo"] })
        expect(yield* after(reseal)).toEqual({ resealed: 0, unreadable: ["cleo"] })
        expect(yield* lost(find("ben"))).toMatchObject(pair)
        expect(yield* lost(list)).toMatchObject([{ secret: "current" }, { secret: "current" }, { secret: "lost" }])
      })
    )
  )

  it.effect("are not stored without a secret, and what is stored is unreadable without it", () =>
    onLedger(
      Effect.gen(function* () {
        expect(yield* without(Effect.flip(connect("anna", own)))).toMatchObject({
          message: expect.stringContaining("KLINGKIT_SECRET")
        })
        expect(yield* rows).toEqual([])
        yield* before(connect("anna", own))
        expect(yield* without(Effect.flip(find("anna")))).toMatchObject({ _tag: "AccountUnreadable" })
      })
    )
  )

  it.effect("have a limit of their owner, which can be changed and taken away", () =>
    onLedger(
      Effect.gen(function* () {
        const limit = (usd: number | undefined) => KlingAccounts.use((accounts) => accounts.limit("anna", usd))
        expect(yield* before(limit(1))).toBe(false)
        yield* before(connect("anna", own))
        expect(yield* before(limit(1))).toBe(true)
        expect(yield* before(find("anna"))).toMatchObject({ ...own, maxUsdPerDay: 1 })
        yield* before(limit(undefined))
        expect(yield* before(find("anna"))).not.toHaveProperty("maxUsdPerDay")
      })
    )
  )

  it.effect("never show a key when they are printed", () =>
    onLedger(
      Effect.gen(function* () {
        yield* before(connect("anna", own))
        yield* before(connect("ben", pair))
        for (const principal of ["anna", "ben"]) {
          const found = yield* before(find(principal))
          expect(`${JSON.stringify(found)}${inspect(found, { depth: 9 })}`).not.toMatch(/of-anna|secret-of-ben/)
        }
      })
    )
  )
})
