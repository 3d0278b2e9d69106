import { legacyImage } from "../media/media-rules.ts"
import { klingImageO1 } from "../models/live-models.ts"
import { findByName, type ModelFacts } from "../models/model-facts.ts"
import { operation } from "../operation.ts"
import { enumOf, union, integer, array, media, string } from "../params/param.ts"
import { perImage } from "../prices/image-prices.ts"
import { estimate } from "../prices/quote.ts"
import { legacyOptions } from "./options.ts"
import { orderedReferences } from "./prompt-references.ts"
import { listedElement } from "./reference-ids.ts"

const defaultModel = klingImageO1.id
const factsOf = (model: string): ModelFacts | undefined => findByName<ModelFacts>([klingImageO1], model)
const defaultSeriesAmount = 4
const maxSeriesAmount = 9

export const omniImage = operation({
  id: "legacy.images.omni-image",
  summary: "Images from a prompt that may refer to images and elements; single images or a series",
  family: "omniimg",
  path: "/v1/images/omni-image",
  since: "2025-12-15",
  models: ["kling-image-o1", "kling-v3-omni"],
  facts: [klingImageO1],
  params: {
    model: enumOf("model_name", ["kling-image-o1", "kling-v3-omni"], { default: defaultModel, allowUnknown: true }),
    prompt: string("prompt", {
      required: true,
      maxLength: 2500,
      notes: "refers to images as <<<image_1>>> and to elements as <<<element_1>>>, by order"
    }),
    images: array("image_list[].image", media("", legacyImage, {}), {
      max: 10,
      notes: "images and elements together at most 10"
    }),
    elements: array("element_list[].element_id", listedElement, {
      notes: "images and elements together at most 10"
    }),
    resolution: enumOf("resolution", ["1k", "2k", "4k"], { default: "1k", notes: "4k: kling-v3-omni only" }),
    resultType: enumOf("result_type", ["single", "series"], {
      default: "single",
      notes: "series, a set of related images: kling-v3-omni only"
    }),
    n: integer("n", { min: 1, max: 9, default: 1, notes: "with single only; takes n concurrency slots" }),
    seriesAmount: union("series_amount", integer("", { min: 2, max: maxSeriesAmount }), enumOf("", ["auto"], {}), {
      default: defaultSeriesAmount,
      notes: "2 to 9, or auto: Kling chooses; with series only"
    }),
    aspectRatio: enumOf("aspect_ratio", ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "auto"], {
      default: "auto"
    }),
    ...legacyOptions
  },
  rules: [
    orderedReferences({ image: ["images"], element: ["elements"] }),
    {
      name: "resolution-of-model",
      field: "resolution",
      check: ({ model = defaultModel, resolution = "1k" }) =>
        factsOf(model)?.imageResolutions?.includes(resolution) === false
          ? `${resolution} is not supported by ${model}; set resolution to "2k" or model to "kling-v3-omni"`
          : undefined
    },
    {
      name: "series-of-model",
      field: "resultType",
      check: ({ model = defaultModel, resultType }) =>
        resultType === "series" && factsOf(model)?.series === false
          ? `series is not supported by ${model}; set model to "kling-v3-omni" or {resultType} to "single"`
          : undefined
    },
    {
      name: "n-with-single",
      field: "n",
      check: ({ n, resultType }) =>
        n !== undefined && resultType === "series"
          ? "would be ignored with {resultType} series; set the number of images with {seriesAmount}"
          : undefined
    },
    {
      name: "series-amount-with-series",
      field: "seriesAmount",
      check: ({ seriesAmount, resultType }) =>
        seriesAmount !== undefined && resultType !== "series"
          ? 'would be ignored with resultType single; set the number of images with n, or set resultType to "series"'
          : undefined
    },
    {
      name: "images-and-elements",
      field: "images",
      check: ({ images = [], elements = [] }) => {
        const count = images.length + elements.length
        return count > 10 ? `and elements total ${count}; at most 10, so omit ${count - 10}` : undefined
      }
    }
  ],
  price: ({ model = defaultModel, resolution = "1k", resultType, n = 1, seriesAmount = defaultSeriesAmount }) => {
    const feature = resolution === "4k" ? "4k" : "1k/2k"
    if (resultType !== "series") return perImage(model, feature, n)
    return Number.isInteger(seriesAmount)
      ? perImage(model, feature, Number(seriesAmount))
      : estimate(perImage(model, feature, maxSeriesAmount), "the upper bound: Kling chooses 2 to 9 images")
  },
  expectedSeconds: ({ n = 1, resultType, seriesAmount = defaultSeriesAmount }) =>
    20 + 8 * (resultType === "series" ? Number(seriesAmount) || maxSeriesAmount : n),
  example: {
    model: "kling-v3-omni",
    prompt: "<<<image_1>>> as a paper collage",
    images: ["https://example.com/portrait.jpg"],
    resolution: "2k"
  }
})
