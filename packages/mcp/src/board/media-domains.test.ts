import { ConfigProvider, Effect } from "effect"
import { describe, expect, it } from "vitest"
import { mediaDomainsFromConfig } from "./media-domains.ts"

const domains = (env: Readonly<Record<string, string>>) =>
  Effect.runPromise(
    Effect.provideService(mediaDomainsFromConfig, ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(env))
  )

const usual = ["https://*.klingai.com", "https://*.kechuangai.com"]

describe("the origins that the board may show media from", () => {
  it("are Kling's, unless told otherwise", async () => {
    expect(await domains({})).toEqual(usual)
    expect(await domains({ KLINGAI_REGION: "china" })).toEqual(usual)
    expect(await domains({ KLINGAI_BASE_URL: "https://kling.example" })).toEqual(usual)
  })

  it("are more where they are named", async () => {
    const named = "https://cdn.example.com, https://*.example.org:8443,https://cdn.example.com"
    expect(await domains({ KLINGKIT_MEDIA_DOMAINS: named })).toEqual([
      ...usual,
      "https://cdn.example.com",
      "https://*.example.org:8443"
    ])
  })

  it("hold a Kling on this machine by both of its names", async () => {
    expect(await domains({ KLINGAI_BASE_URL: "http://127.0.0.1:4010" })).toEqual([
      ...usual,
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
    expect(await domains({ KLINGKIT_MEDIA_DOMAINS })).toEqual(usual)
  })
})
