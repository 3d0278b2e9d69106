import { describe, expect, it } from "@effect/vitest"
import { Config, ConfigProvider, Effect, Redacted } from "effect"
import { baseUrlFromConfig, checkBaseUrl, klingConfig, regionUrls } from "./config.ts"

const withVariables =
  (variables: Readonly<Record<string, string>>) =>
  <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.provideService(effect, ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(variables))

describe("the base URL", () => {
  it.effect.each([
    [{}, regionUrls.global],
    [{ KLINGAI_REGION: "global" }, regionUrls.global],
    [{ KLINGAI_REGION: "china" }, regionUrls.china],
    [{ KLINGAI_REGION: "china", KLINGAI_BASE_URL: "https://proxy.example/kling/" }, "https://proxy.example/kling"],
    [{ KLINGAI_BASE_URL: `${regionUrls.global}/v1` }, regionUrls.global],
    [{ KLINGAI_BASE_URL: "http://127.0.0.1:4010/v1/" }, "http://127.0.0.1:4010"],
    [{ KLINGAI_REGION: "", KLINGAI_BASE_URL: " " }, regionUrls.global]
  ] as const)("follows the environment: %j", ([variables, url]) =>
    Effect.gen(function* () {
      expect(yield* withVariables(variables)(baseUrlFromConfig)).toBe(url)
    })
  )

  it.effect("is an error that names the variable and its values when the region is unknown", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(withVariables({ KLINGAI_REGION: "europe" })(baseUrlFromConfig))
      expect(error.message).toBe("region / KLINGAI_REGION must be global or china")
    })
  )

  it.effect.each(["http://localhost:4010", "http://127.0.0.1:80", "http://[::1]:9", "https://api.example"])(
    "may be https, or localhost: %s",
    (url) =>
      Effect.gen(function* () {
        expect(new URL(yield* checkBaseUrl(url)).href).toBe(new URL(url).href)
      })
  )

  it.effect.each([
    "http://api.example",
    "http://127.0.0.1.example",
    "http://localhost.example",
    "http://evil-localhost",
    "ftp://localhost",
    "localhost:4010",
    "https://user:secret@api.example",
    "https://api.example?x=1",
    "not a url",
    ""
  ])("may not expose the credential in transit: %j", (url) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(checkBaseUrl(url))
      expect(error.message).toContain("KLINGAI_BASE_URL")
      expect(error.message).not.toContain("secret")
    })
  )
})

describe("a base URL that cannot be one", () => {
  it.effect.each([
    ["api-singapore.klingai.com", "must be an https URL, such as https://api-singapore.klingai.com"],
    ["http://api.example/v1", "must be an https URL (http for localhost only): https://api.example"],
    ["https://user:pass@api.example/v1", "must be without user name and password: https://api.example"],
    ["https://api.example/?key=abc", "must be without query and fragment: https://api.example"],
    ["https://app.klingai.com/global/dev", "is Kling's website; its API is at https://api-singapore.klingai.com"],
    ['"https://api.example"', "has quotes around it"],
    ["KLINGAI_BASE_URL=https://api.example", "begins with the name of a variable"],
    ["${KLINGAI_BASE_URL}", "is a placeholder that was not replaced"]
  ] as const)("is reported with the nearest valid one: %s", ([url, expected]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(checkBaseUrl(url))
      expect(error.message).toContain(expected)
      expect(error.message).not.toMatch(/pass@|abc/)
    })
  )
})

describe("the whole configuration", () => {
  it.effect("fails first for a missing credential", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(withVariables({ KLINGAI_REGION: "china" })(klingConfig()))
      expect(error.reason._tag).toBe("MissingCredentials")
    })
  )

  it.effect("comes from the given configs, and what they leave out from the environment", () =>
    Effect.gen(function* () {
      const variables = { STUDIO_KEY: "studio-key", KLINGAI_API_KEY: "other", KLINGAI_REGION: "china" }
      const config = yield* withVariables(variables)(klingConfig({ apiKey: Config.Redacted("STUDIO_KEY") }))
      expect(config.credentials.kind === "api-key" && Redacted.value(config.credentials.apiKey)).toBe("studio-key")
      expect(config.baseUrl).toBe(regionUrls.china)
    })
  )

  it.effect("takes a key pair as a whole, also with an API key in the environment", () =>
    Effect.gen(function* () {
      const variables = { STUDIO_ACCESS: "access", STUDIO_SECRET: "secret", KLINGAI_API_KEY: "other" }
      const keyPair = { accessKey: Config.String("STUDIO_ACCESS"), secretKey: Config.Redacted("STUDIO_SECRET") }
      const url = "https://proxy.example"
      const config = yield* withVariables(variables)(klingConfig({ keyPair, baseUrl: Config.succeed(url) }))
      expect(config).toMatchObject({ credentials: { kind: "key-pair", accessKey: "access" }, baseUrl: url })
    })
  )

  it.effect("fails with the option that cannot be read, and falls back to no other credential", () =>
    Effect.gen(function* () {
      const options = { apiKey: Config.Redacted("STUDIO_KEY") }
      const error = yield* Effect.flip(withVariables({ KLINGAI_API_KEY: "other" })(klingConfig(options)))
      expect(error.message).toContain("apiKey cannot be read")
      expect(error.message).toContain("STUDIO_KEY")
    })
  )
})
