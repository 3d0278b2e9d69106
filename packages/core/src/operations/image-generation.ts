import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { choice, id, integer, list, media, number, text } from "../params/param.ts"
import { perImage } from "../prices/image-prices.ts"
import { legacyOptions } from "./options.ts"

export const imageGeneration = operation({
  id: "legacy.images.generations",
  summary: "Images from a prompt, optionally after a reference picture",
  family: "img",
  path: "/v1/images/generations",
  since: "2024-09",
  models: ["kling-v3", "kling-v2-1"],
  params: {
    model: choice("model_name", ["kling-v3", "kling-v2-1"], { required: true, open: true }),
    prompt: text("prompt", { required: true, maxLength: 2500 }),
    negativePrompt: text("negative_prompt", { maxLength: 2500, notes: "not together with image" }),
    image: media("image", legacyImage, {}),
    imageReference: choice("image_reference", ["subject", "face"], { notes: "kling-v2-1 only" }),
    imageFidelity: number("image_fidelity", { min: 0, max: 1, default: 0.5 }),
    humanFidelity: number("human_fidelity", {
      min: 0,
      max: 1,
      default: 0.45,
      notes: "kling-v2-1 with imageReference subject"
    }),
    elements: list("element_list[].element_id", id("", { sentAs: "number" }), {
      max: 10,
      notes: "kling-v3; pictures and elements together at most 10"
    }),
    resolution: choice("resolution", ["1k", "2k"], { default: "1k" }),
    n: integer("n", { min: 1, max: 9, default: 1, notes: "takes n concurrency slots" }),
    aspectRatio: choice("aspect_ratio", ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"], {
      default: "16:9"
    }),
    ...legacyOptions
  },
  rules: [
    {
      name: "negative-prompt-without-image",
      field: "negativePrompt",
      check: (input) =>
        input.negativePrompt !== undefined && input.image !== undefined
          ? "cannot go with a reference image; leave one of them out"
          : undefined
    },
    {
      name: "image-reference-of-model",
      field: "imageReference",
      check: (input) =>
        input.imageReference === undefined
          ? undefined
          : input.model === "kling-v3"
            ? "is taken by kling-v2-1 only"
            : input.image === undefined
              ? "says how the reference image is used: give an image too"
              : undefined
    },
    {
      name: "human-fidelity-with-subject",
      field: "humanFidelity",
      check: (input) =>
        input.humanFidelity !== undefined && input.imageReference !== "subject"
          ? "only has a meaning with imageReference subject"
          : undefined
    },
    {
      name: "image-fidelity-with-image",
      field: "imageFidelity",
      check: (input) =>
        input.imageFidelity !== undefined && input.image === undefined
          ? "only has a meaning with a reference image"
          : undefined
    },
    {
      name: "elements-of-model",
      field: "elements",
      check: (input) =>
        input.elements === undefined
          ? undefined
          : input.model === "kling-v2-1"
            ? "are taken by kling-v3 only"
            : input.elements.length + (input.image === undefined ? 0 : 1) > 10
              ? "and pictures together: at most 10"
              : undefined
    }
  ],
  price: (input) =>
    input.model === "kling-v2-1"
      ? perImage("kling-v2-1", input.image === undefined ? "text to image" : "image to image", input.n ?? 1)
      : perImage(input.model, "1k/2k", input.n ?? 1),
  usualSeconds: (input) => 15 + 5 * (input.n ?? 1),
  example: { model: "kling-v3", prompt: "A red fox in fresh snow", n: 2, aspectRatio: "1:1" }
})
