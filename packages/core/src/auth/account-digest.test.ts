import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { accountDigest } from "./account-digest.ts"

const key = (text: string) => ({ kind: "api-key", apiKey: Redacted.make(text) }) as const
const pair = (accessKey: string, secretKey: string) =>
  ({ kind: "key-pair", accessKey, secretKey: Redacted.make(secretKey) }) as const

describe("the name of an account", () => {
  it.effect("is the same for the same key and place, another for any other, and tells neither", () =>
    Effect.gen(function* () {
      const accounts = [
        ["https://kling.example", key("key-1")],
        ["https://kling.example", key("key-2")],
        ["https://other.example", key("key-1")],
        ["https://kling.example", pair("access", "secret")],
        ["https://kling.example", pair("access", "another")]
      ] as const
      const names = yield* Effect.forEach(accounts, ([place, credentials]) => accountDigest(place, credentials))
      expect(new Set(names).size).toBe(accounts.length)
      expect(yield* accountDigest("https://kling.example", key("key-1"))).toBe(names[0])
      for (const name of names) expect(name).toMatch(/^[0-9a-f]{20}$/)
    })
  )
})
