import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { checkBaseUrl } from "../config.ts"
import { areSeparateRegions, klingRegionOf, regionOf } from "./region.ts"

const region = (url: string) => Effect.map(checkBaseUrl(url), regionOf)

describe("the region of a base URL", () => {
  it.effect.each([
    ["https://api-singapore.klingai.com/", "global"],
    ["https://api-singapore.klingai.com/v1", "global"],
    ["https://api.klingai.com", "global"],
    ["https://api-beijing.klingai.com/v1/", "china"],
    ["https://gateway.example/kling", "https://gateway.example"],
    ["http://localhost:4010/", "http://127.0.0.1:4010"],
    ["http://[::1]:4010", "http://127.0.0.1:4010"]
  ] as const)("of %s is %s", ([url, expected]) =>
    Effect.gen(function* () {
      expect(yield* region(url)).toBe(expected)
    })
  )

  it("is Kling's own for the hosts of Kling only, the old one too", () => {
    const urls = ["https://api-beijing.klingai.com", "https://api.klingai.com", "https://gateway.example/kling"]
    expect(urls.map(klingRegionOf)).toEqual(["china", "global", undefined])
  })

  it("separates accounts where it says that they cannot be one", () => {
    expect(areSeparateRegions("global", "china")).toBe(true)
    expect(areSeparateRegions("global", "http://127.0.0.1:4010")).toBe(true)
    expect(areSeparateRegions("http://127.0.0.1:4011", "http://127.0.0.1:4010")).toBe(true)
    expect(areSeparateRegions("global", "global")).toBe(false)
    // A gateway may lead to either.
    expect(areSeparateRegions("https://gateway.example", "global")).toBe(false)
  })
})
