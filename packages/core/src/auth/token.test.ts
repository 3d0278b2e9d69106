import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import { TestClock } from "effect/testing"
import { Kling } from "../client/kling.ts"
import { accountCosts } from "../operations/account.ts"
import { apiKey, type FakeKling, fakeKling, keyPair, klingOver, type RecordedRequest } from "../testing/fake-kling.ts"
import { type Answer, code, text } from "../testing/scripted-answers.ts"
import { makeTokenSource } from "./token.ts"

const startMillis = 1_790_000_000_000
const costs = text(200, `{"code":0,"data":{}}`)
const readCosts = Kling.use((kling) => kling.call(accountCosts, { startTime: 0, endTime: 1 }))

const fromBase64Url = (part: string) =>
  Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0))
const readJson = (part: string): unknown => JSON.parse(new TextDecoder().decode(fromBase64Url(part)))

/** Decodes a token as Kling would: checks its signature, returns its header and claims. */
const openToken = (token: string, secret = "secret-test") =>
  Effect.promise(async () => {
    const [head = "", claims = "", signature = ""] = token.split(".")
    const bytes = (value: string) => new TextEncoder().encode(value)
    const algorithm = { name: "HMAC", hash: "SHA-256" }
    const key = await crypto.subtle.importKey("raw", bytes(secret), algorithm, false, ["verify"])
    return {
      genuine: await crypto.subtle.verify("HMAC", key, fromBase64Url(signature), bytes(`${head}.${claims}`)),
      head: readJson(head),
      claims: readJson(claims) as { iss: string; exp: number; nbf: number }
    }
  })

const bearerOf = (request: RecordedRequest | undefined) =>
  request?.headers["authorization"]?.replace(/^Bearer /, "") ?? ""

/** A Kling whose clock is `skewSeconds` ahead of ours and that rejects tokens outside their validity. */
const klingAhead = (skewSeconds: number, withDate = true): FakeKling =>
  fakeKling({
    answer: (request): Answer => {
      const now = request.atMillis / 1000 + skewSeconds
      const claims = readJson(bearerOf(request).split(".")[1] ?? "") as { exp: number; nbf: number }
      const headers: Record<string, string> = withDate ? { date: new Date(now * 1000).toUTCString() } : {}
      if (now < claims.nbf) return code(1003, "not valid yet", { status: 401, headers })
      return now > claims.exp ? code(1004, "expired", { status: 401, headers }) : costs
    }
  })

describe("an API key", () => {
  it.effect("is sent as is", () =>
    Effect.gen(function* () {
      const fake = fakeKling({ answer: () => costs })
      yield* readCosts.pipe(Effect.provide(klingOver(fake, apiKey)))
      expect(fake.requests[0]?.headers["authorization"]).toBe("Bearer api-key-kling-test")
    })
  )

  it.effect.each(["two words", "line\nbreak", "“quoted”", ""])(
    "that is not a valid key is rejected before any request: %j",
    (key) =>
      Effect.gen(function* () {
        const fake = fakeKling()
        const error = yield* readCosts.pipe(
          Effect.provide(klingOver(fake, { kind: "api-key", apiKey: Redacted.make(key) })),
          Effect.flip
        )
        expect(error.message).toContain("KLINGAI_API_KEY")
        expect(key === "" || !error.message.includes(key)).toBe(true)
        expect(fake.requests).toEqual([])
      })
  )
})

describe("a key pair", () => {
  it.effect("is sent as a token that Kling can verify", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(startMillis)
      const fake = fakeKling({ answer: () => costs })
      yield* readCosts.pipe(Effect.provide(klingOver(fake, keyPair)))
      const token = bearerOf(fake.requests[0])
      expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
      expect(yield* openToken(token)).toEqual({
        genuine: true,
        head: { alg: "HS256", typ: "JWT" },
        claims: { iss: "access-test", exp: startMillis / 1000 + 1800, nbf: startMillis / 1000 - 5 }
      })
      expect((yield* openToken(token, "another secret")).genuine).toBe(false)
    })
  )

  it.effect("signs a new token five minutes before the old one expires, not earlier", () =>
    Effect.gen(function* () {
      const { token } = yield* makeTokenSource(keyPair)
      const first = Redacted.value(yield* token)
      yield* TestClock.adjust("1499 seconds")
      expect(Redacted.value(yield* token)).toBe(first)
      yield* TestClock.adjust("1 second")
      expect(Redacted.value(yield* token)).not.toBe(first)
    })
  )

  it.effect.each([3600, -3600, 40_000])("adopts Kling's clock when the local one is off by %i seconds", (skewSeconds) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(startMillis)
      const fake = klingAhead(skewSeconds)
      yield* Effect.gen(function* () {
        yield* readCosts
        expect(fake.requests).toHaveLength(2)
        yield* readCosts
        yield* TestClock.adjust("26 minutes")
        yield* readCosts
      }).pipe(Effect.provide(klingOver(fake, keyPair)))
      expect(fake.requests).toHaveLength(4)
    })
  )

  it.effect("signs a new token once, never twice, then suggests correcting the clock", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(startMillis)
      const fake = klingAhead(7200, false)
      const result = yield* Effect.result(readCosts).pipe(Effect.provide(klingOver(fake, keyPair)))
      expect(fake.requests).toHaveLength(2)
      const error = Result.isFailure(result) ? result.failure : undefined
      expect(error?.reason._tag).toBe("TokenRejected")
      expect(error?.suggestion).toContain("clock")
    })
  )
})
