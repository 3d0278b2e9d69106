import { describe, expect, it } from "vitest"
import { effects } from "./effects.ts"
import { endedScenes, onePictureScenes, openScenes, twoPictureScenes } from "./effects-scenes.ts"
import { keptBodies } from "./testing/kept-bodies.ts"
import { problemsOf, ruleCases } from "./testing/rule-cases.ts"

const image = "https://media.example/cat.png"
const images = [image, "https://media.example/dog.png"]

ruleCases(effects, {
  "scene-not-ended": {
    refused: { scene: "hug", images },
    says: "scene hug was ended by Kling on 2026-01-30; nearest: hug_pro",
    accepted: { scene: "hug_pro", images }
  },
  "exactly-one-of-image-and-images": {
    refused: { scene: "a_scene_of_next_week" },
    says: "image is required (or images)",
    accepted: { scene: "a_scene_of_next_week", images }
  },
  "pictures-of-scene": {
    refused: { scene: "kiss_pro", image },
    says: "scene kiss_pro wants two pictures: give images, left then right, in place of image",
    accepted: { scene: "pet_dance", image }
  }
})

keptBodies(
  [effects, `{"effect_scene":"pet_dance","input":{"image":"https://media.example/1.png"}}`],
  [
    effects,
    `{"effect_scene":"hug_pro","input":{"images":["https://media.example/1.png","https://media.example/2.png"]},
      "callback_url":"https://hooks.example/kling"}`
  ]
)

describe("effect scenes", () => {
  it("are those of the day, each once", () => {
    expect([onePictureScenes.length, twoPictureScenes.length]).toEqual([203, 15])
    expect(new Set(openScenes).size).toBe(218)
  })

  it("are not offered after their end, even if Kling still lists them", () => {
    const ended = Object.values(endedScenes).flat()
    expect(ended).toHaveLength(10)
    expect(ended.filter((scene) => openScenes.includes(scene))).toEqual([])
    expect(problemsOf(effects, { scene: "magic_match_tree", image })).toEqual([
      "scene magic_match_tree was ended by Kling on 2026-07-03"
    ])
  })

  it("want one picture when they want one", () => {
    expect(problemsOf(effects, { scene: "pet_dance", images })).toEqual([
      "scene pet_dance wants one picture: give image in place of images"
    ])
  })

  it("are priced by Kling one by one, so the price is unknown", () => {
    expect(effects.price({ scene: "pet_dance", image }).state).toBe("unknown")
  })
})
