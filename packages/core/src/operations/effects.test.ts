import { describe, expect, it } from "vitest"
import { effects } from "./effects.ts"
import { endedScenes, oneImageScenes, openScenes, twoImageScenes } from "./effects-scenes.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf, ruleCases } from "./testing/rule-cases.ts"

const image = "https://media.example/cat.png"
const images = [image, "https://media.example/dog.png"]

ruleCases(effects, {
  "scene-not-ended": {
    rejected: { scene: "hug", images },
    says: "scene hug was discontinued by Kling on 2026-01-30; did you mean hug_pro?",
    accepted: { scene: "hug_pro", images }
  },
  "exactly-one-of-image-and-images": {
    rejected: { scene: "a_scene_of_next_week" },
    says: "image is required (or images)",
    accepted: { scene: "a_scene_of_next_week", images }
  },
  "images-of-scene": {
    rejected: { scene: "kiss_pro", image },
    says: "scene kiss_pro takes two images: pass images, left then right, instead of image",
    accepted: { scene: "pet_dance", image }
  }
})

roundTripBodies(
  [effects, `{"effect_scene":"pet_dance","input":{"image":"https://media.example/1.png"}}`],
  [
    effects,
    `{"effect_scene":"hug_pro","input":{"images":["https://media.example/1.png","https://media.example/2.png"]},
      "callback_url":"https://hooks.example/kling"}`
  ]
)

describe("effect scenes", () => {
  it("are unique, and as many as Kling lists", () => {
    expect([oneImageScenes.length, twoImageScenes.length]).toEqual([203, 15])
    expect(new Set(openScenes).size).toBe(218)
  })

  it("are not offered once discontinued, even if Kling still lists them", () => {
    const ended = Object.values(endedScenes).flat()
    expect(ended).toHaveLength(10)
    expect(ended.filter((scene) => openScenes.includes(scene))).toEqual([])
    expect(problemsOf(effects, { scene: "magic_match_tree", image })).toEqual([
      "scene magic_match_tree was discontinued by Kling on 2026-07-03"
    ])
  })

  it("take one image when they expect one", () => {
    expect(problemsOf(effects, { scene: "pet_dance", images })).toEqual([
      "scene pet_dance takes one image: pass image instead of images"
    ])
  })

  it("are priced individually by Kling, so the price is unknown", () => {
    expect(effects.price({ scene: "pet_dance", image }).state).toBe("unknown")
  })
})
