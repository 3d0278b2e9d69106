import { legacyImage } from "../media/media-rules.ts"
import { findImageModel } from "../models/image-models.ts"
import { operation } from "../operation.ts"
import { choice, either, id, integer, list, media, text } from "../params/param.ts"
import { perImage } from "../prices/image-prices.ts"
import { estimate } from "../prices/quote.ts"
import { legacyOptions } from "./options.ts"

const defaultModel = "kling-image-o1"
const defaultSeries = 4
const largestSeries = 9

export const omniImage = operation({
  id: "legacy.images.omni-image",
  summary: "Images from a prompt that may refer to pictures and elements; single ones or a series",
  family: "omniimg",
  path: "/v1/images/omni-image",
  since: "2025-12-15",
  models: ["kling-image-o1", "kling-v3-omni"],
  params: {
    model: choice("model_name", ["kling-image-o1", "kling-v3-omni"], { default: defaultModel, open: true }),
    prompt: text("prompt", {
      required: true,
      maxLength: 2500,
      notes: "refers to the pictures as <<<image_1>>> and to the elements as <<<element_1>>>, by their order"
    }),
    images: list("image_list[].image", media("", legacyImage, {}), {
      max: 10,
      notes: "pictures and elements together at most 10"
    }),
    elements: list("element_list[].element_id", id("", { sentAs: "number" }), {
      notes: "pictures and elements together at most 10"
    }),
    resolution: choice("resolution", ["1k", "2k", "4k"], { default: "1k", notes: "4k: kling-v3-omni only" }),
    resultType: choice("result_type", ["single", "series"], {
      default: "single",
      notes: "series, pictures that belong together: kling-v3-omni only"
    }),
    n: integer("n", { min: 1, max: 9, default: 1, notes: "with single only; takes n concurrency slots" }),
    seriesAmount: either("series_amount", integer("", { min: 2, max: largestSeries }), choice("", ["auto"], {}), {
      default: defaultSeries,
      notes: "2 to 9, or auto: Kling chooses; with series only"
    }),
    aspectRatio: choice("aspect_ratio", ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "auto"], {
      default: "auto"
    }),
    ...legacyOptions
  },
  rules: [
    {
      name: "resolution-of-model",
      field: "resolution",
      check: ({ model = defaultModel, resolution = "1k" }) =>
        findImageModel(model)?.resolutions.includes(resolution) === false
          ? `${resolution} is not possible with ${model}; set resolution to "2k" or model to "kling-v3-omni"`
          : undefined
    },
    {
      name: "series-of-model",
      field: "resultType",
      check: ({ model = defaultModel, resultType }) =>
        resultType === "series" && findImageModel(model)?.series === false
          ? `series is not possible with ${model}; set model to "kling-v3-omni" or resultType to "single"`
          : undefined
    },
    {
      name: "n-with-single",
      field: "n",
      check: ({ n, resultType }) =>
        n !== undefined && resultType === "series"
          ? "would be ignored with resultType series; say how many pictures by seriesAmount"
          : undefined
    },
    {
      name: "series-amount-with-series",
      field: "seriesAmount",
      check: ({ seriesAmount, resultType }) =>
        seriesAmount !== undefined && resultType !== "series"
          ? 'would be ignored with resultType single; say how many pictures by n, or set resultType to "series"'
          : undefined
    },
    {
      name: "pictures-and-elements",
      field: "images",
      check: ({ images = [], elements = [] }) => {
        const count = images.length + elements.length
        return count > 10 ? `and elements are ${count} together; at most 10, so leave out ${count - 10}` : undefined
      }
    }
  ],
  price: ({ model = defaultModel, resolution = "1k", resultType, n = 1, seriesAmount = defaultSeries }) => {
    const feature = resolution === "4k" ? "4k" : "1k/2k"
    if (resultType !== "series") return perImage(model, feature, n)
    return Number.isInteger(seriesAmount)
      ? perImage(model, feature, Number(seriesAmount))
      : estimate(perImage(model, feature, largestSeries), "the most it can be: Kling chooses 2 to 9 pictures")
  },
  usualSeconds: ({ n = 1, resultType, seriesAmount = defaultSeries }) =>
    20 + 8 * (resultType === "series" ? Number(seriesAmount) || largestSeries : n),
  example: {
    model: "kling-v3-omni",
    prompt: "<<<image_1>>> as a paper collage",
    images: ["https://example.com/portrait.jpg"],
    resolution: "2k"
  }
})
