import { expect } from "vitest"
import { mediaFacts, pngAspectRatio } from "./media-facts.ts"
import { taskId, type Wish } from "./wish.ts"

const photo = "Pictures/grandma.png"
const animate = { image_url: `~/${photo}`, prompt: "She smiles and waves at the camera" }

const animated: Wish = {
  row: "2",
  settings: { KLINGKIT_INPUT_DIRS: "~/Pictures" },
  images: [photo],
  calls: [
    { tool: "generate_image_to_video", arguments: animate, reads: { video: taskId } },
    { tool: "wait_for_task", arguments: { task_id: "$video" }, says: [/^Status: succeed$/m] },
    { tool: "download_task", arguments: { task_id: "$video" } }
  ],
  charges: ["new.i2v.kling-3.0"],
  outcome: async ({ saved: [file = ""] }) => expect(await mediaFacts(file)).toMatchObject({ seconds: 5 })
}

const notReadable: Wish = {
  row: "2b",
  images: [photo],
  calls: [
    {
      tool: "generate_image_to_video",
      arguments: animate,
      refused: true,
      says: [/outside the readable folders/, /^Charged: no$/m, /^Next: .*KLINGKIT_INPUT_DIRS/m]
    }
  ],
  charges: []
}

const dressed: Wish = {
  row: "9",
  settings: { KLINGKIT_INPUT_DIRS: "~/Pictures" },
  images: ["Pictures/me.png", "Pictures/dress.png"],
  calls: [
    {
      tool: "virtual_try_on",
      arguments: { person_image_url: "~/Pictures/me.png", cloth_image_urls: ["~/Pictures/dress.png"] },
      reads: { image: taskId },
      says: [/^Quote: unknown/m]
    },
    { tool: "wait_for_task", arguments: { task_id: "$image" }, says: [/^Status: succeed$/m] },
    { tool: "download_task", arguments: { task_id: "$image" } }
  ],
  charges: ["solutions.virtual_try_on"],
  outcome: ({ saved: [file = ""] }) => expect(pngAspectRatio(file)).toBe("3:4")
}

const wide: Wish = {
  row: "10",
  settings: { KLINGKIT_INPUT_DIRS: "~/Pictures" },
  images: [photo],
  calls: [
    {
      tool: "edit_image",
      arguments: { action: "expand", image_urls: [`~/${photo}`], aspect_ratio: "16:9" },
      reads: { image: taskId },
      alsoWritten: [{ action: "expand", image_urls: `~/${photo}`, aspect_ratio: "16x9" }]
    },
    { tool: "wait_for_task", arguments: { task_id: "$image" }, says: [/^Status: succeed$/m] },
    { tool: "download_task", arguments: { task_id: "$image" } }
  ],
  charges: ["legacy.images.expand"],
  outcome: ({ saved: [file = ""] }) => expect(pngAspectRatio(file)).toBe("16:9")
}

export const fromImages: ReadonlyArray<Wish> = [animated, notReadable, dressed, wide]
