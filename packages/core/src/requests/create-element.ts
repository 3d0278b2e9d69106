import { Effect } from "effect"
import * as z from "zod"
import { invalidInput } from "../errors/kling-error.ts"
import { operations } from "../operations/catalog.ts"
import { idField } from "./id-field.ts"
import { media } from "./media-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"

const described = { name: "name", description: "description", voiceId: "voiceId", tags: "tags" } as const

/** Kling takes no front without another view. What it does with the same image twice is not documented: it is legal. */
const otherViews = ([front, ...others]: ReadonlyArray<string>) => (others.length === 0 ? [front] : others)

const fromImages = {
  ...described,
  referenceType: [{ is: "image_refer" }],
  frontalImage: ["images", ([front]: ReadonlyArray<string>) => front],
  referenceImages: ["images", otherViews]
} as const

const fromVideo = {
  ...described,
  referenceType: [{ is: "video_refer" }],
  referenceVideos: ["video", (video: string) => [video]]
} as const

export const createElement = defineRequest({
  id: "create_element",
  title: "Create element",
  summary: "Make a character or thing that later videos and images show again",
  method: "element.create",
  result: "element",
  input: z.strictObject({
    name: z.string().describe("At most 20 characters").optional(),
    description: z.string().describe("At most 100 characters").optional(),
    images: z.array(media("image")).describe("The front, then up to 3 other views; Task IDs, URLs or paths").optional(),
    video: media("video", "Or a shot of one person: Task ID or URL; 1080p, 3 to 8 s").optional(),
    voiceId: idField("The voice it speaks with").optional(),
    tags: z.array(z.string()).describe("o_101 to o_108").optional()
  }),
  source: "images",
  aliases: { image_urls: "images", video_url: "video" },
  example: {
    name: "fox",
    description: "A young red fox",
    images: ["https://example.com/front.png", "https://example.com/side.png"]
  },
  plan: (input, context) =>
    Effect.gen(function* () {
      if ((input.images === undefined) === (input.video === undefined)) {
        return yield* invalidInput([{ field: "images", message: "or {video} is required, but not both" }])
      }
      const fields = input.video === undefined ? fromImages : fromVideo
      const plan = yield* planFields(operations["legacy.elements.create"], fields, input, context)
      return input.images?.length === 1 ? { ...plan, warnings: [...plan.warnings, oneImage] } : plan
    })
})

const oneImage =
  "Kling requires a front and another view: the one image is sent as both. Up to 3 other views make the element truer"
