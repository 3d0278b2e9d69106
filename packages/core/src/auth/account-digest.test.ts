import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { accountDigest, credentialDigest } from "./account-digest.ts"

const key = (text: string) => ({ kind: "api-key", apiKey: Redacted.make(text) }) as const
const pair = (accessKey: string, secretKey: string) =>
  ({ kind: "key-pair", accessKey, secretKey: Redacted.make(secretKey) }) as const

describe("the digest of an account", () => {
  it.effect("is the first ten bytes of the sha256 of base URL and credential, so that ledgers keep their jobs", () =>
    Effect.gen(function* () {
      // printf 'https://kling.example\nkey-1' | sha256sum | cut -c1-20; the pair's is of 'access\nsecret'
      expect(yield* accountDigest("https://kling.example", key("key-1"))).toBe("dd25a28be655236afcc9")
      expect(yield* accountDigest("https://kling.example", pair("access", "secret"))).toBe("614f18c5943a63554e24")
    })
  )

  it.effect("is stable for one key and base URL, differs for any other, and reveals neither", () =>
    Effect.gen(function* () {
      const accounts = [
        ["https://kling.example", key("key-1")],
        ["https://kling.example", key("key-2")],
        ["https://other.example", key("key-1")],
        ["https://kling.example", pair("access", "secret")],
        ["https://kling.example", pair("access", "another")]
      ] as const
      const digests = yield* Effect.forEach(accounts, ([baseUrl, credentials]) => accountDigest(baseUrl, credentials))
      expect(new Set(digests).size).toBe(accounts.length)
      expect(yield* accountDigest("https://kling.example", key("key-1"))).toBe(digests[0])
      for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{20}$/)
    })
  )

  it.effect("of a credential alone belongs to that credential", () =>
    Effect.gen(function* () {
      const digest = yield* credentialDigest(key("key-1"))
      expect(digest).toMatch(/^[0-9a-f]{20}$/)
      expect(digest).toBe(yield* credentialDigest(key("key-1")))
      expect(digest).not.toBe(yield* credentialDigest(key("key-2")))
      expect(digest).not.toBe(yield* accountDigest("https://kling.example", key("key-1")))
    })
  )
})
