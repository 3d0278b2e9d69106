import { describe, expect, it } from "vitest"
import { createPlanner } from "./planner.ts"

const planner = createPlanner()

const videoModel = async (model: string) => {
  const plan = await planner.video.create(model, { prompt: "A fox" })
  return "model" in plan ? plan.model : ""
}

describe("the name of a model, as users write it", () => {
  it.each([
    ["kling 3", "kling-3.0"],
    ["Kling 3.0", "kling-3.0"],
    ["v3", "kling-3.0"],
    ["3.0", "kling-3.0"],
    ["kling-3", "kling-3.0"],
    ["Kling 3.0 Turbo", "kling-3.0-turbo"],
    ["kling v3 omni", "kling-3.0-omni"],
    ["kling_v2.6", "kling-2.6"],
    ["O1", "kling-o1"]
  ])("%s is %s", async (written, meant) => {
    expect(await videoModel(written)).toBe(meant)
  })

  it("is the image model of that name where images are made", async () => {
    expect(await planner.image.create("Kling v3", { prompt: "A fox" })).toMatchObject({ model: "kling-v3" })
    const motion = { image: "https://example.com/a.png", video: "https://example.com/a.mp4" }
    // As a program without types spells it.
    expect(await planner.video.motion("Kling 2.6" as "kling-2.6", motion)).toMatchObject({
      operation: { id: "new.motion.kling-2.6" }
    })
  })

  it.each([
    ["kling 2.5", "is not a valid model name; nearest: kling-2.5-turbo"],
    ["Kling 1.6", "kling-v1-6 was retired by Kling on 2026-09-15; use kling-2.5-turbo"],
    ["kling-image-o1", "is an image model"],
    [`kling ${"3".repeat(4_000_000)}`, "is not a valid model name"]
  ])("is refused with the nearest where it means none of them: %.20s", async (written, message) => {
    await expect(videoModel(written)).rejects.toThrow(message)
  })

  it.each(["kling image", "i".repeat(4_000_000)])(
    "of an image is refused where it cannot be a name: %.20s",
    async (written) => {
      await expect(planner.image.create(written, { prompt: "A fox" })).rejects.toThrow("is not a valid model name")
    }
  )

  it.each(["kling-3.1", "kling-5.0", "another-model"])(
    "stays as it is where Kling may know it: %s",
    async (written) => {
      expect(await videoModel(written)).toBe(written)
    }
  )
})
