import { kling4Image } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { array, enumOf, media, objectArray, string } from "../params/param.ts"
import * as parts from "./kling-4-parts.ts"
import { namedReferences } from "./prompt-references.ts"

export const longImage40 = operation({
  ...parts.partnerImage,
  id: "new.image.kling-long-image-4.0",
  summary: "One long image, such as a web page or a product page, Kling Long Image 4.0",
  path: "/image-generation/kling-long-image-4.0",
  models: ["kling-long-image-4.0"],
  params: {
    prompt: string("contents[type=prompt].text", {
      required: true,
      maxLength: 166_000,
      notes: "166000 characters in English, 71000 in other languages"
    }),
    referenceImages: objectArray("contents[type=refer_image]", parts.image40Fields, { max: 3 }),
    styleImages: array("contents[type=style_refer_image].url", media("", kling4Image, {}), { max: 3 }),
    subjectImages: array("contents[type=subject_refer_image].url", media("", kling4Image, {}), { max: 3 }),
    skill: enumOf("settings.skill", ["webpage", "ecommerce"], {}),
    resolution: enumOf("settings.resolution", ["1k", "2k"], {}),
    pageLength: enumOf("settings.page_length", ["short", "medium", "long"], {})
  },
  rules: [parts.promptWithinLanguage(71_000), namedReferences],
  expectedSeconds: () => 60,
  example: { prompt: "A product page for a folding bicycle", skill: "ecommerce", pageLength: "medium" }
})
