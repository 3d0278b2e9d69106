import { invalidInput, operations } from "@klingkit/core"
import { Effect } from "effect"
import * as z from "zod"
import { unexpectedFields } from "../inputs/fields-per-action.ts"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { planWithMedia } from "../inputs/plan-with-media.ts"
import { definePaidTool } from "../paid-tool.ts"

const input = z.strictObject({
  action: z
    .enum(["expand", "combine", "omni"])
    .describe("expand: paint beyond the edges; combine: merge subjects into one image; omni: as the prompt says"),
  image_urls: z.array(z.string()).max(10).optional().describe("URLs or paths: 1, 1 to 4, or up to 10"),
  prompt: z.string().optional().describe("omni: refers to images as <<<image_1>>>, <<<image_2>>>"),
  num_images: z.int().min(1).max(9).optional().describe("Default 1"),
  up: z.number().optional().describe("expand: fraction of the height to add, 0 to 2"),
  down: z.number().optional(),
  left: z.number().optional().describe("Fraction of the width"),
  right: z.number().optional(),
  scene_image_url: z.string().optional().describe("combine"),
  style_image_url: z.string().optional().describe("combine"),
  element_ids: z.array(z.string()).optional().describe("omni"),
  model_name: z.string().optional().describe("omni: kling-image-o1 (default) or kling-v3-omni"),
  resolution: z.enum(["1k", "2k", "4k"]).optional().describe("omni"),
  series: z.int().min(2).max(9).optional().describe("omni: make a series of this many images"),
  aspect_ratio: z.string().optional().describe("combine, omni"),
  ...paidArguments
})

type Arguments = z.output<typeof input>

/** What each action takes in addition to the common arguments. */
const fieldsPerAction: Readonly<Record<Arguments["action"], ReadonlyArray<keyof Arguments>>> = {
  expand: ["up", "down", "left", "right"],
  combine: ["scene_image_url", "style_image_url", "aspect_ratio"],
  omni: ["element_ids", "model_name", "resolution", "series", "aspect_ratio"]
}

const names = {
  upExpansionRatio: "up",
  downExpansionRatio: "down",
  leftExpansionRatio: "left",
  rightExpansionRatio: "right",
  n: "num_images",
  image: "image_urls",
  images: "image_urls",
  subjectImages: "image_urls",
  sceneImage: "scene_image_url",
  styleImage: "style_image_url",
  elements: "element_ids",
  model: "model_name",
  seriesAmount: "series",
  resultType: "series",
  aspectRatio: "aspect_ratio"
}

const planOf = (args: Arguments) => {
  const { image_urls: images = [], prompt, num_images: n } = args
  const [image] = images
  switch (args.action) {
    case "expand": {
      const { up = 0, down = 0, left = 0, right = 0 } = args
      const margins = {
        upExpansionRatio: up,
        downExpansionRatio: down,
        leftExpansionRatio: left,
        rightExpansionRatio: right
      }
      return planWithMedia(operations["legacy.images.expand"], { image, ...margins, prompt, n }, names)
    }
    case "combine": {
      const { scene_image_url: sceneImage, style_image_url: styleImage, aspect_ratio: aspectRatio } = args
      const combined = { subjectImages: images, sceneImage, styleImage, aspectRatio, prompt, n }
      return planWithMedia(operations["legacy.images.multi-image2image"], combined, names)
    }
    case "omni": {
      const { element_ids: elements, model_name: model, resolution, series, aspect_ratio: aspectRatio } = args
      const request = { prompt, images, elements, model, resolution, aspectRatio, n }
      const seriesInput = series === undefined ? {} : { resultType: "series", seriesAmount: series }
      return planWithMedia(operations["legacy.images.omni-image"], { ...request, ...seriesInput }, names)
    }
  }
}

const problemsOf = (args: Arguments) => {
  const { action, up = 0, down = 0, left = 0, right = 0, image_urls = [] } = args
  const isExpand = action === "expand"
  return [
    ...unexpectedFields(args, action, fieldsPerAction),
    ...(isExpand && up + down + left + right === 0
      ? [{ field: "up", message: "or down, left, right is required" }]
      : []),
    ...(isExpand && image_urls.length !== 1
      ? [{ field: "image_urls", message: `has ${image_urls.length}; expand takes one image` }]
      : [])
  ]
}

export const editImage = definePaidTool({
  name: "edit_image",
  title: "Edit image",
  description:
    "Edit images: extend beyond the edges, combine subjects, or follow a prompt. Paid. Returns a Task ID at once.",
  toolset: "studio",
  input,
  plan: (args) => {
    const problems = problemsOf(args)
    return problems.length > 0 ? Effect.fail(invalidInput(problems)) : planOf(args)
  },
  summary: () => "Image editing started successfully!"
})
