import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { accountCosts } from "../operations/account.ts"
import { apiKey, fakeKling, keyPair, klingOver } from "../testing/fake-kling.ts"
import { code } from "../testing/scripted-answers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "../client/kling.ts"
import type { Credentials } from "./credentials.ts"

const key = "api-key-kling-0123456789abcdef0123456789abcdef0123456789a"
const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhY2Nlc3MifQ.c2lnbmF0dXJl"
const readCosts = Kling.use((kling) => kling.call(accountCosts, { startTime: 0, endTime: 1 }))

const ofKey = (value: string): Credentials => ({ kind: "api-key", apiKey: Redacted.make(value) })
const ofPair = (accessKey: string, secretKey: string): Credentials => ({
  kind: "key-pair",
  accessKey,
  secretKey: Redacted.make(secretKey)
})

const outcome = Effect.fnUntraced(function* (credentials: Credentials) {
  const fake = fakeKling({ answer: () => code(1002, "The current API does not support AK/SK", { status: 401 }) })
  const error = yield* Effect.flip(Effect.provide(readCosts, klingOver(fake, credentials)))
  return { error, fake }
})

describe("a credential that cannot be one", () => {
  const mistakes: ReadonlyArray<readonly [string, Credentials, string]> = [
    ["with quotes", ofKey(`"${key}"`), "has quotes around it"],
    ["with a typographic quote", ofKey(`\u201c${key}\u201d`), "has quotes around it"],
    ["with the variable's name", ofKey(`KLINGAI_API_KEY=${key}`), "begins with the name of a variable"],
    ["exported", ofKey(`export KLINGAI_API_KEY=${key}`), "begins with the name of a variable"],
    ["with Bearer", ofKey(`Bearer ${key}`), "Bearer"],
    ["with a line break", ofKey(`${key}\n${key}`), "contains whitespace"],
    ["a pair in one value", ofKey("0123456789abcdef|fedcba9876543210"), "is a key pair in one value"],
    ["a signed token", ofKey(jwt), "is a signed token (JWT)"],
    ["a placeholder of a host", ofKey("${KLINGAI_API_KEY}"), "is a placeholder that was not replaced"],
    ["a placeholder of Windows", ofKey("%KLINGAI_API_KEY%"), "is a placeholder that was not replaced"],
    ["an example", ofKey("YOUR_API_KEY"), "is only an example"],
    ["the documentation's", ofKey("api-key-kling-..."), "is only an example"],
    ["in brackets", ofKey("<your key>"), "is in brackets"],
    ["half a pair of the emulator", ofKey("emulator-access-0123456789abcdef"), "is one half of a key pair"],
    ["a pair with quotes", ofPair('"access-0123"', '"secret-0123"'), "has quotes around it"],
    ["an API key as half", ofPair(key, "secret-0123"), "is an API key, not half of a key pair"],
    ["exchanged halves", ofPair("emulator-secret-0123", "emulator-access-0123"), "is the other half"],
    ["the same half twice", ofPair("0123456789abcdef", "0123456789abcdef"), "is the same value as"]
  ]

  it.effect.each(mistakes)(
    "is reported before the first request, without showing it: %s",
    ([, credentials, expected]) =>
      Effect.gen(function* () {
        const { error, fake } = yield* outcome(credentials)
        expect(error.message).toContain(expected)
        expect(error.message).toMatch(/KLINGAI_(API|ACCESS|SECRET)_KEY/)
        expect(error).toMatchObject({ code: "KLING_UNUSABLE_CREDENTIALS", wasCharged: "no", isUnsent: true })
        expect(`${error.message}${JSON.stringify(error)}`).not.toMatch(/0123456789|c2lnbmF0dXJl/)
        expect(fake.requests).toEqual([])
      })
  )

  it.effect.each(["some-relay-key", "0123456789abcdef0123456789abcdef", "sk-0123456789", key, "a.b.c"])(
    "is not supposed of a shape that nothing rules out: %s",
    (value) =>
      Effect.gen(function* () {
        expect((yield* outcome(ofKey(value))).fake.requests).toHaveLength(1)
      })
  )
})

describe("a credential that Kling rejects", () => {
  it.effect("is named by its kind, with the address that it was sent to", () =>
    Effect.gen(function* () {
      const { error } = yield* outcome(ofKey(key))
      expect(error.message).toContain("sent was an API key, to https://kling.example")
      expect(error.suggestion).toContain("check that the key is complete and not revoked, and the region")
      expect((yield* outcome(ofKey("0123456789abcdef"))).error.message).toContain("half of a key pair is not one")
    })
  )

  it.effect("is named with the region where the address is Kling's own", () =>
    Effect.gen(function* () {
      const fake = fakeKling({ answer: () => code(1000, "no", { status: 401 }) })
      const kling = Kling.layer({ credentials: apiKey, baseUrl: "https://api-beijing.klingai.com" })
      const { result } = yield* inVirtualTime(readCosts).pipe(Effect.provide(kling), Effect.provide(fake.layer))
      expect(JSON.stringify(result)).toContain(`"region":"china"`)
    })
  )

  it.live("is a key pair where one was used", () =>
    Effect.gen(function* () {
      const { error } = yield* outcome(keyPair)
      expect(error.message).toContain("sent was an access/secret key pair, to https://kling.example")
      expect(error.suggestion).toContain("check that both halves are complete")
    })
  )
})
