import { Effect } from "effect"
import * as z from "zod"
import { invalidInput } from "../errors/kling-error.ts"
import { operations } from "../operations/catalog.ts"
import { idField } from "./id-field.ts"
import { media } from "./media-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"

const described = { name: "name", description: "description", voiceId: "voiceId", tags: "tags" } as const

const fromImages = {
  ...described,
  referenceType: [{ is: "image_refer" }],
  frontalImage: ["images", ([front]: ReadonlyArray<string>) => front],
  referenceImages: ["images", ([, ...others]: ReadonlyArray<string>) => others]
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
    images: z
      .array(media("image", "URL or path"))
      .describe("The front, then 1 to 3 other views; URLs or paths")
      .optional(),
    video: media("video", "Or a video of one person").optional(),
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
    (input.images === undefined) === (input.video === undefined)
      ? Effect.fail(invalidInput([{ field: "images", message: "or {video} is required, but not both" }]))
      : planFields(
          operations["legacy.elements.create"],
          input.video === undefined ? fromImages : fromVideo,
          input,
          context
        )
})
