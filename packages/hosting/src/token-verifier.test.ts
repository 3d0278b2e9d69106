import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { createLocalJWKSet, errors, exportSPKI, SignJWT, UnsecuredJWT } from "jose"
import { AccessDenied } from "./access-denied.ts"
import { type Claims, makeIssuer } from "./testing/issuer.ts"
import { TokenVerifier } from "./token-verifier.ts"

const audience = "https://kling.example/mcp"

const setting = Effect.gen(function* () {
  const issuer = yield* Effect.promise(() => makeIssuer())
  const keys = Effect.succeed(createLocalJWKSet(issuer.jwks))
  const verifier = yield* Effect.provide(
    Effect.map(TokenVerifier, (service) => service),
    TokenVerifier.layer({ issuer: issuer.issuer, audience }, keys)
  )
  const verify = (token: string) => verifier.verify(token)
  yield* TestClock.setTime(Date.UTC(2026, 10, 30))
  const sign = (claims?: Claims) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.promise(() => issuer.sign(now, claims)))
  const refusal = (token: string) =>
    Effect.map(Effect.flip(verify(token)), ({ reason, message }) => `${reason}: ${message}`)
  const refusalOf = (claims?: Claims) => Effect.flatMap(sign(claims), refusal)
  return { issuer, verify, sign, refusal, refusalOf }
})

describe("an access token", () => {
  it.effect("names its subject, scopes and client", () =>
    Effect.gen(function* () {
      const { sign, verify } = yield* setting
      const principal = { id: "anna", scopes: ["openid", "kling:generate"], clientId: "a-chat" }
      expect(yield* verify(yield* sign())).toMatchObject(principal)
      // As other issuers spell it.
      const others = { scope: undefined, scp: ["openid", "kling:generate"], client_id: undefined, azp: "a-chat" }
      expect(yield* verify(yield* sign(others))).toMatchObject(principal)
      expect(yield* verify(yield* sign({ aud: ["https://other.example", audience] }))).toMatchObject(principal)
      expect(yield* verify(yield* sign({ iss: "https://issuer.example/" }))).toMatchObject(principal)
    })
  )

  it.effect("is refused when it is for somewhere else, of another issuer, or names no subject that can be served", () =>
    Effect.gen(function* () {
      const { refusalOf } = yield* setting
      expect(yield* refusalOf({ aud: "https://kling.example" })).toBe("invalid: the token is for another audience")
      expect(yield* refusalOf({ aud: undefined })).toMatch(/^invalid: /)
      expect(yield* refusalOf({ iss: "https://other.example" })).toBe("invalid: the token is of another issuer")
      // Those of access keys, and of the user of the machine.
      for (const sub of [undefined, "", "  ", "local", "key:anna"])
        expect(yield* refusalOf({ sub })).toMatch(/^invalid: /)
    })
  )

  it.effect("says for whom it pays, by the claims that the server names", () =>
    Effect.gen(function* () {
      const { issuer, sign, verify } = yield* setting
      expect(yield* verify(yield* sign({ project: "launch" }))).toMatchObject({ budgetLine: { person: "anna" } })
      const keys = Effect.succeed(createLocalJWKSet(issuer.jwks))
      const settings = { issuer: issuer.issuer, audience, projectClaim: "project", organizationClaim: "org" }
      const lineOf = (claims: Claims) =>
        Effect.flatMap(sign(claims), (token) => TokenVerifier.use((verifier) => verifier.verify(token))).pipe(
          Effect.map(({ budgetLine }) => budgetLine),
          Effect.provide(TokenVerifier.layer(settings, keys))
        )
      expect(yield* lineOf({ project: "launch", org: "acme" })).toEqual({
        person: "anna",
        project: "launch",
        organization: "acme"
      })
      expect(yield* lineOf({ project: null })).toEqual({ person: "anna" })
      // Counted nowhere, it would be a way around the budget of its project.
      for (const project of ["", " launch", "a\nb", "x".repeat(256), 7, ["launch"], { name: "launch" }]) {
        const refused = yield* Effect.flip(lineOf({ project }))
        expect([refused._tag, refused.message]).toEqual([
          "AccessDenied",
          "the token does not name its project by a text"
        ])
      }
    })
  )

  it.effect(
    "is valid from its time until that has passed, and a minute and a half around it for clocks that differ",
    () =>
      Effect.gen(function* () {
        const { sign, verify, refusal, refusalOf } = yield* setting
        const token = yield* sign()
        const from = (seconds: number) =>
          Effect.map(Clock.currentTimeMillis, (now) => ({ nbf: Math.floor(now / 1000) + seconds }))
        expect(yield* verify(yield* sign(yield* from(89)))).toMatchObject({ id: "anna" })
        expect(yield* refusalOf(yield* from(92))).toMatch(/^invalid: /)
        yield* TestClock.adjust("689 seconds")
        expect(yield* verify(token)).toMatchObject({ id: "anna" })
        yield* TestClock.adjust("2 seconds")
        expect(yield* refusal(token)).toBe("invalid: the token has expired")
        expect(yield* refusalOf({ exp: undefined })).toMatch(/^invalid: /)
      })
  )

  it.effect("is refused without a signature of the issuer", () =>
    Effect.gen(function* () {
      const { issuer, sign, refusal } = yield* setting
      const stranger = yield* Effect.promise(() => makeIssuer())
      const now = yield* Clock.currentTimeMillis
      const pem = new TextEncoder().encode(yield* Effect.promise(() => exportSPKI(issuer.publicKey)))
      const claims = { iss: issuer.issuer, aud: audience, sub: "anna", exp: now / 1000 + 600 }
      const [, payload] = (yield* sign()).split(".")
      const [header, , signature] = (yield* sign({ sub: "ben" })).split(".")
      const forged = [
        yield* Effect.promise(() => stranger.sign(now)),
        new UnsecuredJWT(claims).encode(),
        // Signed with the public key as if it were a shared secret.
        yield* Effect.promise(() => new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "one" }).sign(pem)),
        `${header}.${payload}.${signature}`,
        "no token at all"
      ]
      for (const token of forged) expect(yield* refusal(token)).toMatch(/^invalid: /)
    })
  )

  it.effect("that cannot be checked is not called invalid", () =>
    Effect.gen(function* () {
      const { issuer } = yield* setting
      const failing = [
        Effect.succeed(() => Promise.reject(new errors.JWKSTimeout())),
        Effect.succeed(() => Promise.reject(new TypeError("fetch failed"))),
        Effect.fail(new AccessDenied({ reason: "unavailable", message: "away" }))
      ]
      const token = yield* Effect.promise(() => issuer.sign(Date.UTC(2026, 10, 30)))
      for (const keys of failing) {
        const layer = TokenVerifier.layer({ issuer: issuer.issuer, audience }, keys)
        const refused = yield* TokenVerifier.use((one) => Effect.flip(one.verify(token))).pipe(Effect.provide(layer))
        expect(refused.reason).toBe("unavailable")
      }
    })
  )
})
