import { describe, expect, it } from "@effect/vitest"
import { imageModels, videoModels } from "@klingkit/core"
import { Effect } from "effect"
import { call, emulated, failure } from "../testing/emulated.ts"

const names = (facts: Readonly<Record<string, unknown>>) =>
  (facts["models"] as ReadonlyArray<{ readonly model_name: string }>).map((model) => model.model_name)

describe("list_models", () => {
  it.effect("shows every model, and what became of the old ones", () =>
    Effect.gen(function* () {
      const { text, facts } = yield* call("list_models", {})
      expect(names(facts)).toEqual([...videoModels, ...imageModels].map((model) => model.id))
      expect(text).toContain("kling-v1-6 (now kling-2.5-turbo)")
      expect(text).toContain("- Limits: 5 or 10 s; audio native or off (native at 1080p); last frame at 1080p")
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("keeps to one kind when asked", () =>
    Effect.gen(function* () {
      expect(names((yield* call("list_models", { kind: "image" })).facts)).toEqual(imageModels.map(({ id }) => id))
    }).pipe(Effect.provide(emulated()))
  )
})

describe("list_models, effects", () => {
  it.effect("finds scenes by words, and says how many pictures each takes", () =>
    Effect.gen(function* () {
      const { text, facts } = yield* call("list_models", { kind: "effect", search: "Kiss" })
      expect(facts["effects"]).toEqual([
        { effect_scene: "kiss_pro", pictures: 2 },
        { effect_scene: "snow_night_kiss", pictures: 2 },
        { effect_scene: "eternal_kiss", pictures: 2 }
      ])
      expect(text).toContain("Of two pictures: kiss_pro, snow_night_kiss, eternal_kiss")
      const all = yield* call("list_models", { kind: "effect" })
      expect((all.facts["effects"] as ReadonlyArray<unknown>).length).toBeGreaterThan(200)
      expect(all.text.length + JSON.stringify(all.facts).length).toBeLessThan(25_000)
      expect((yield* failure("list_models", { search: "kiss" })).message).toContain("set kind to effect")
    }).pipe(Effect.provide(emulated()))
  )
})
