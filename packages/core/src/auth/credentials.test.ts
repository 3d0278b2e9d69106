import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted } from "effect"
import { credentialsFromConfig } from "./credentials.ts"

const read = (variables: Readonly<Record<string, string>>) =>
  credentialsFromConfig.pipe(
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(variables))
  )

const missing = (variables: Readonly<Record<string, string>>) =>
  Effect.map(Effect.flip(read(variables)), (error) =>
    error.reason._tag === "MissingCredentials" ? error.reason.settings : error.reason._tag
  )

describe("the credential in the environment", () => {
  it.effect("is one API key, trimmed", () =>
    Effect.gen(function* () {
      const found = yield* read({ KLINGAI_API_KEY: " api-key-kling-1\n" })
      expect(found.kind === "api-key" && Redacted.value(found.apiKey)).toBe("api-key-kling-1")
    })
  )

  it.effect.each([
    { KLINGAI_ACCESS_KEY: "access", KLINGAI_SECRET_KEY: "secret" },
    { KLING_ACCESS_KEY: "access", KLING_SECRET_KEY: "secret" },
    { KLINGAI_ACCESS_KEY: "access", KLING_SECRET_KEY: "secret", KLING_ACCESS_KEY: "other" }
  ])("is a key pair, under the new or the old variable names: %j", (variables) =>
    Effect.gen(function* () {
      const found = yield* read(variables)
      expect(found.kind === "key-pair" && [found.accessKey, Redacted.value(found.secretKey)]).toEqual([
        "access",
        "secret"
      ])
    })
  )

  it.effect("is the API key when both kinds are set, since it works everywhere", () =>
    Effect.gen(function* () {
      const both = { KLINGAI_API_KEY: "key", KLINGAI_ACCESS_KEY: "access", KLINGAI_SECRET_KEY: "secret" }
      expect((yield* read(both)).kind).toBe("api-key")
      expect((yield* read({ ...both, KLINGAI_API_KEY: "  " })).kind).toBe("key-pair")
    })
  )

  it.effect("names the missing setting and the fix when absent or incomplete", () =>
    Effect.gen(function* () {
      expect(yield* missing({ KLINGAI_ACCESS_KEY: "access" })).toEqual(["secretKey"])
      expect(yield* missing({ KLING_ACCESS_KEY: "access", KLINGAI_SECRET_KEY: "" })).toEqual(["secretKey"])
      expect(yield* missing({ KLING_SECRET_KEY: "secret" })).toEqual(["accessKey"])
      expect(yield* missing({})).toEqual(["apiKey"])

      const error = yield* Effect.flip(read({}))
      expect(error.message).toContain("KLINGAI_API_KEY")
      expect(error.suggestion).toBe(
        "set apiKey / KLINGAI_API_KEY, or accessKey / KLINGAI_ACCESS_KEY and secretKey / KLINGAI_SECRET_KEY; nothing was sent"
      )
      expect(error).toMatchObject({ code: "KLING_MISSING_CREDENTIALS", wasCharged: "no", isRetryable: false })
    })
  )
})
