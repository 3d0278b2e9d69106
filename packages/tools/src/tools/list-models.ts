import { type ImageModel, imageModels, retiredModels, type VideoModel, videoModels } from "@klingkit/core"
import { imagesOfScene, invalidInput, typicalPrices, typicalPricesText, typicalSeconds } from "@klingkit/core/internal"
import { Effect } from "effect"
import * as z from "zod"
import { scenesWith } from "@klingkit/core/requests"
import { defineTool } from "../tool.ts"

export const listModels = defineTool({
  name: "list_models",
  title: "List models",
  description: "Models, what each can do, and prices; or effect scenes. Free.",
  toolset: "core",
  charged: false,
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  input: z.strictObject({
    kind: z.enum(["video", "image", "effect"]).optional().describe("Default video and image"),
    search: z.string().optional().describe("Words in an effect's name")
  }),
  output: z.object({
    models: z.array(
      z.object({
        model_name: z.string(),
        kind: z.enum(["video", "image"]),
        live: z.boolean(),
        resolutions: z.array(z.string()),
        aspect_ratios: z.array(z.string()),
        does: z.array(z.string()),
        limits: z.string(),
        prices: z.string().optional()
      })
    ),
    effects: z.array(z.object({ effect_scene: z.string(), pictures: z.number() })).optional(),
    retired: z.record(z.string(), z.string()).describe("Retired video models and replacements")
  }),
  run: ({ kind, search }) => {
    if (kind === "effect") return Effect.succeed(scenes(search ?? ""))
    if (search !== undefined) {
      return Effect.fail(invalidInput([{ field: "search", message: "searches effects: set kind to effect" }]))
    }
    const retired = kind === "image" ? retiredModels.image : retiredModels.video
    const videos = Effect.forEach(kind === "image" ? [] : videoModels, (model) =>
      Effect.map(pricesOf(model, `${typicalSeconds} s`), (prices) => ({ ...videoModelData(model), ...prices }))
    )
    const images = Effect.forEach(kind === "video" ? [] : imageModels, (model) =>
      Effect.map(pricesOf(model, "one image"), (prices) => ({ ...imageModelData(model), ...prices }))
    )
    return Effect.map(Effect.all([videos, images]), (lists) => listed(lists.flat(), retired))
  }
})

type ModelData = ReturnType<typeof videoModelData | typeof imageModelData> & { readonly prices?: string }

const listed = (models: ReadonlyArray<ModelData>, retired: Readonly<Record<string, string>>) => ({
  structured: { models: [...models], retired: { ...retired } },
  lines: [
    ...models.flatMap((model) => [
      `${model.model_name} (${model.kind}${model.live ? "" : ", not confirmed by Kling yet"})`,
      `- Does: ${model.does.join(", ")}`,
      `- Resolutions: ${model.resolutions.join(", ")}`,
      ...(model.aspect_ratios.length === 0 ? [] : [`- Aspect ratios: ${model.aspect_ratios.join(", ")}`]),
      `- Limits: ${model.limits}`,
      ...(model.prices === undefined ? [] : [`- Prices: ${model.prices}`])
    ]),
    "",
    `Retired: ${Object.entries(retired)
      .map(([old, replacement]) => `${old} (now ${replacement})`)
      .join(", ")}`
  ]
})

/** What typical requests cost: `5 s: 720p $0.42, with audio $0.63`. */
const pricesOf = (model: VideoModel | ImageModel, of: string) =>
  Effect.map(typicalPrices(model), (prices) =>
    prices.length === 0 ? {} : { prices: `${of}: ${typicalPricesText(prices)}` }
  )

const scenes = (search: string) => {
  const effects = scenesWith(search).map((effect_scene) => ({
    effect_scene,
    pictures: imagesOfScene(effect_scene) ?? 1
  }))
  const namesWith = (count: number) =>
    effects.flatMap(({ pictures, effect_scene }) => (pictures === count ? [effect_scene] : [])).join(", ") || "none"
  return {
    structured: { models: [], effects, retired: {} },
    lines: [
      `${effects.length} effect scenes${search === "" ? "" : ` for "${search.slice(0, 80)}"`}`,
      `With one image: ${namesWith(1)}`,
      `With two images: ${namesWith(2)}`,
      "As of 2026-09-20. Kling adds scenes nearly every week; apply_video_effect sends unknown names unchanged."
    ]
  }
}

const videoModelData = (model: VideoModel) => ({
  model_name: model.id,
  kind: "video" as const,
  live: model.state === "live",
  resolutions: [...model.resolutions],
  aspect_ratios: [...model.aspectRatios],
  does: [...model.products],
  limits: [
    "values" in model.seconds
      ? `${model.seconds.values.join(" or ")} s`
      : `${model.seconds.min} to ${model.seconds.max} s`,
    `audio ${model.audio.join(" or ")}${model.nativeAudioAt === undefined ? "" : ` (native at ${model.nativeAudioAt.join(", ")})`}`,
    model.lastFrame
      ? `last frame${model.lastFrameAt === undefined ? "" : ` at ${model.lastFrameAt.join(", ")}`}`
      : "no last frame",
    model.negativePrompt ? "negative prompt" : "no negative prompt"
  ].join("; ")
})

const imageModelData = (model: ImageModel) => ({
  model_name: model.id,
  kind: "image" as const,
  live: model.state === "live",
  resolutions: [...model.resolutions],
  aspect_ratios: [...model.aspectRatios],
  does: ["text-to-image", "image-to-image"],
  limits: `1 to ${model.maxImages} images a call`
})
