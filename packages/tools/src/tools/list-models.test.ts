import { describe, expect, it } from "@effect/vitest"
import { imageModels, videoModels } from "@klingkit/core"
import { Effect } from "effect"
import { call, emulated, failure } from "../testing/emulated.ts"

const names = (structured: Readonly<Record<string, unknown>>) =>
  (structured["models"] as ReadonlyArray<{ readonly model_name: string }>).map((model) => model.model_name)

describe("list_models", () => {
  it.effect("shows every model, and the replacements of retired ones", () =>
    Effect.gen(function* () {
      const { text, structured } = yield* call("list_models", {})
      expect(names(structured)).toEqual([...videoModels, ...imageModels].map((model) => model.id))
      expect(text).toContain("kling-v1-6 (now kling-2.5-turbo)")
      expect(text).toContain("- Limits: 5 or 10 s; audio native or off (native at 1080p); last frame at 1080p")
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("has what typical requests cost, and the price that quote_cost gives, in a compact answer", () =>
    Effect.gen(function* () {
      const { text, structured } = yield* call("list_models", {})
      const models = structured["models"] as ReadonlyArray<Readonly<Record<string, string>>>
      const pricesOf = (name: string) => models.find((model) => model["model_name"] === name)?.["prices"]
      expect(pricesOf("kling-2.6")).toBe("5 s: 720p $0.21; 1080p $0.35, with audio $0.70")
      expect(pricesOf("kling-v2-1")).toBe("one image: 1k $0.014, with image $0.028; 2k $0.014, with image $0.028")
      expect(text).toContain("- Prices: 5 s: 720p $0.42, with audio $0.63; 1080p $0.56, with audio $0.84")
      const quoted = yield* call("quote_cost", {
        kind: "video",
        model_name: "kling-2.6",
        resolution: "1080p",
        audio: "native"
      })
      expect(quoted.structured["quote"]).toMatchObject({ usd: 0.7 })
      expect(JSON.stringify(structured).length + text.length).toBeLessThan(8192)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("filters by kind", () =>
    Effect.gen(function* () {
      expect(names((yield* call("list_models", { kind: "image" })).structured)).toEqual(imageModels.map(({ id }) => id))
    }).pipe(Effect.provide(emulated()))
  )
})

describe("list_models, effects", () => {
  it.effect("finds scenes by words, and says how many images each takes", () =>
    Effect.gen(function* () {
      const { text, structured } = yield* call("list_models", { kind: "effect", search: "Kiss" })
      expect(structured["effects"]).toEqual([
        { effect_scene: "kiss_pro", pictures: 2 },
        { effect_scene: "snow_night_kiss", pictures: 2 },
        { effect_scene: "eternal_kiss", pictures: 2 }
      ])
      expect(text).toContain("With two images: kiss_pro, snow_night_kiss, eternal_kiss")
      const all = yield* call("list_models", { kind: "effect" })
      expect((all.structured["effects"] as ReadonlyArray<unknown>).length).toBeGreaterThan(200)
      expect(all.text.length + JSON.stringify(all.structured).length).toBeLessThan(25_000)
      expect((yield* failure("list_models", { search: "kiss" })).message).toContain("set kind to effect")
    }).pipe(Effect.provide(emulated()))
  )
})
