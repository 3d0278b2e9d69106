import { operation } from "../operation.ts"
import { enumOf, integer, objectArray, string, union } from "../params/param.ts"
import * as parts from "./kling-4-parts.ts"
import { atLeastOne } from "./presence-rules.ts"
import { namedReferences } from "./prompt-references.ts"
import { elementFields, unambiguousIds } from "./reference-ids.ts"

export const image40 = operation({
  ...parts.partnerImage,
  id: "new.image.kling-image-4.0",
  summary: "Images from text, images and elements, Kling Image 4.0",
  path: "/image-generation/kling-image-4.0",
  models: ["kling-image-4.0"],
  params: {
    prompt: string("contents[type=prompt].text", {
      maxLength: 50_000,
      notes: "50000 characters in English, 21000 in other languages"
    }),
    referenceImages: objectArray("contents[type=refer_image]", parts.image40Fields, {
      notes: "images and elements together at most 10"
    }),
    elements: objectArray("contents[type=element]", elementFields, { notes: "multi-image elements only" }),
    resolution: enumOf("settings.resolution", ["2k", "4k", "8k"], {}),
    aspectRatio: enumOf(
      "settings.aspect_ratio",
      ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "auto"],
      {}
    ),
    n: integer("settings.n", { min: 1 }),
    resultType: enumOf("settings.result_type", ["single", "series"], {}),
    seriesAmount: union("settings.series_amount", integer("", { min: 2, max: 10 }), enumOf("", ["auto"], {}), {
      notes: "2 to 10, or auto: Kling chooses"
    })
  },
  rules: [
    parts.promptWithinLanguage(21_000),
    atLeastOne("prompt", "referenceImages", "elements"),
    parts.imagesAndElements40,
    unambiguousIds("elements"),
    namedReferences
  ],
  expectedSeconds: () => 30,
  example: { prompt: "A red fox in fresh snow", resolution: "4k" }
})
