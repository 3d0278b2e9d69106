import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { enumOf, integer, array, media, number, string } from "../params/param.ts"
import { perImage } from "../prices/image-prices.ts"
import { legacyOptions } from "./options.ts"
import { orderedReferences } from "./prompt-references.ts"
import { listedElement } from "./reference-ids.ts"

export const imageGeneration = operation({
  id: "legacy.images.generations",
  summary: "Images from a prompt, optionally with a reference image",
  family: "img",
  path: "/v1/images/generations",
  since: "2024-09",
  models: ["kling-v3", "kling-v2-1"],
  params: {
    model: enumOf("model_name", ["kling-v3", "kling-v2-1"], { required: true, allowUnknown: true }),
    prompt: string("prompt", { required: true, maxLength: 2500 }),
    negativePrompt: string("negative_prompt", { maxLength: 2500, notes: "not together with image" }),
    image: media("image", legacyImage, {}),
    imageReference: enumOf("image_reference", ["subject", "face"], { notes: "kling-v2-1 only" }),
    imageFidelity: number("image_fidelity", { min: 0, max: 1, default: 0.5 }),
    humanFidelity: number("human_fidelity", {
      min: 0,
      max: 1,
      default: 0.45,
      notes: "kling-v2-1 with imageReference subject"
    }),
    elements: array("element_list[].element_id", listedElement, {
      max: 10,
      notes: "kling-v3; images and elements together at most 10"
    }),
    resolution: enumOf("resolution", ["1k", "2k"], { default: "1k" }),
    n: integer("n", { min: 1, max: 9, default: 1, notes: "takes n concurrency slots" }),
    aspectRatio: enumOf("aspect_ratio", ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"], {
      default: "16:9"
    }),
    ...legacyOptions
  },
  rules: [
    orderedReferences({ image: ["image"], element: ["elements"] }),
    {
      name: "negative-prompt-without-image",
      field: "negativePrompt",
      check: (input) =>
        input.negativePrompt !== undefined && input.image !== undefined
          ? "cannot be combined with a reference image; omit one of them"
          : undefined
    },
    {
      name: "image-reference-of-model",
      field: "imageReference",
      check: (input) =>
        input.imageReference === undefined
          ? undefined
          : input.model === "kling-v3"
            ? "is supported by kling-v2-1 only"
            : input.image === undefined
              ? "applies to a reference image: pass image too"
              : undefined
    },
    {
      name: "human-fidelity-with-subject",
      field: "humanFidelity",
      check: (input) =>
        input.humanFidelity !== undefined && input.imageReference !== "subject"
          ? "only applies with {imageReference} subject"
          : undefined
    },
    {
      name: "image-fidelity-with-image",
      field: "imageFidelity",
      check: (input) =>
        input.imageFidelity !== undefined && input.image === undefined
          ? "only applies with a reference image"
          : undefined
    },
    {
      name: "elements-of-model",
      field: "elements",
      check: (input) =>
        input.elements === undefined
          ? undefined
          : input.model === "kling-v2-1"
            ? "are supported by kling-v3 only"
            : input.elements.length + (input.image === undefined ? 0 : 1) > 10
              ? "and images together: at most 10"
              : undefined
    }
  ],
  price: (input) =>
    input.model === "kling-v2-1"
      ? perImage("kling-v2-1", input.image === undefined ? "text to image" : "image to image", input.n ?? 1)
      : perImage(input.model, "1k/2k", input.n ?? 1),
  expectedSeconds: (input) => 15 + 5 * (input.n ?? 1),
  example: { model: "kling-v3", prompt: "A red fox in fresh snow", n: 2, aspectRatio: "1:1" }
})
