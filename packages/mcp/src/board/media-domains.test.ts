import { ConfigProvider, Effect } from "effect"
import { describe, expect, it } from "vitest"
import { mediaDomainsFromConfig } from "./media-domains.ts"

const domains = (env: Readonly<Record<string, string>>) =>
  Effect.runPromise(
    Effect.provideService(mediaDomainsFromConfig, ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(env))
  )

const defaults = ["https://*.klingai.com", "https://*.kechuangai.com"]

describe("the origins from which the board may show media", () => {
  it("are Kling's by default", async () => {
    expect(await domains({})).toEqual(defaults)
    expect(await domains({ KLINGAI_REGION: "china" })).toEqual(defaults)
    expect(await domains({ KLINGAI_BASE_URL: "https://kling.example" })).toEqual(defaults)
  })

  it("include those that are configured", async () => {
    const named = "https://cdn.example.com, https://*.example.org:8443,https://cdn.example.com"
    expect(await domains({ KLINGKIT_MEDIA_DOMAINS: named })).toEqual([
      ...defaults,
      "https://cdn.example.com",
      "https://*.example.org:8443"
    ])
  })

  it("include a local Kling under both of its names", async () => {
    expect(await domains({ KLINGAI_BASE_URL: "http://127.0.0.1:4010" })).toEqual([
      ...defaults,
      "http://127.0.0.1:4010",
      "http://localhost:4010"
    ])
  })

  it.each([
    "*",
    "https:",
    "'unsafe-eval'",
    "https://a.example; script-src *",
    "http://cdn.example.com",
    "data:",
    "https://*"
  ])("are never %s", async (KLINGKIT_MEDIA_DOMAINS) => {
    expect(await domains({ KLINGKIT_MEDIA_DOMAINS })).toEqual(defaults)
  })
})
