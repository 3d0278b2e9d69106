import { Schema } from "effect"
import { anyAudio, apparelVideo, dramaVideo, newImage, tryOnImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { enumOf, boolean, id, integer, array, media, number, objectArray, string } from "../params/param.ts"
import { unknownPrice } from "../prices/quote.ts"
import { NewTask, NewTaskPage } from "../wire/new-task.ts"
import { freeRead } from "./free-calls.ts"
import { newOptions } from "./options.ts"
import { exactlyOne } from "./presence-rules.ts"
import { taskIdParams, taskIdRules } from "./task-ids.ts"

const state = "documented on Kling's Chinese site only; unconfirmed on the global host"
const priceOf = () => unknownPrice("Kling prices solutions individually; they are not on its price list")
const { callbackUrl } = newOptions
/** Two solutions spell the field without `_info`. */
const watermark = boolean("options.watermark.enabled", {
  default: false,
  sendDefault: false,
  notes: "also make a copy with a watermark"
})

const create = { confidence: "medium", state, price: priceOf } as const
const experimental = {
  confidence: "low",
  state: `${state}; the body is documented on a single page`,
  price: priceOf
} as const

export const virtualTryOn = operation({
  ...create,
  id: "solutions.virtual_try_on",
  summary: "A person in a garment, try-on 3.0",
  family: "vton",
  path: "/solutions/virtual_try_on",
  since: "2026-09-15",
  params: {
    productImage: media("contents[type=product_image].url", tryOnImage, { required: true, notes: "the garment" }),
    personImage: media("contents[type=person_image].url", tryOnImage, { required: true }),
    keepFace: boolean("settings.keep_face", { default: true }),
    keepPose: boolean("settings.keep_pose", { default: true }),
    keepBackground: boolean("settings.keep_background", { default: true }),
    watermark,
    callbackUrl
  },
  expectedSeconds: () => 45,
  example: { productImage: "https://example.com/coat.jpg", personImage: "https://example.com/portrait.jpg" }
})

export const clothingDupe = operation({
  ...create,
  id: "solutions.clothing_dupe",
  summary: "Remakes a product video with other clothes, from images of the clothes and of models",
  family: "clothing",
  path: "/solutions/e-commerce/clothing_dupe",
  since: "2026-08-18",
  params: {
    productInfo: string("contents[type=product_info].text", { maxLength: 2500 }),
    sourceVideo: media("contents[type=source_video].url", apparelVideo, { required: true }),
    productImages: array("contents[type=product_image].url", media("", newImage, {}), {
      required: true,
      min: 1,
      max: 5
    }),
    modelImages: array("contents[type=model_image].url", media("", newImage, {}), { max: 5 }),
    backgroundMusic: media("contents[type=bgm].url", anyAudio, {}),
    voiceId: id("contents[type=voice].voice_id", { encodedAs: "string", notes: "one of ten presets" }),
    resolution: enumOf("settings.resolution", ["720p", "1080p"], {}),
    aspectRatio: enumOf("settings.aspect_ratio", ["9:16", "2:3", "3:4", "1:1", "4:3", "3:2", "16:9", "21:9"], {}),
    ...newOptions
  },
  expectedSeconds: () => 600,
  example: { sourceVideo: "https://example.com/walk.mp4", productImages: ["https://example.com/coat.jpg"] }
})

export const goodsStudio = operation({
  ...create,
  id: "solutions.goods_studio",
  summary: "An advertising video for a product, from its images and title",
  family: "goods",
  path: "/solutions/e-commerce/goods_studio",
  since: "2026-08-21",
  params: {
    referenceImages: array("contents[type=ref_image].url", media("", newImage, {}), { required: true, min: 1, max: 5 }),
    goodsTitle: string("contents[type=goods_title].text", { required: true, maxLength: 200 }),
    goodsDescription: string("contents[type=goods_description].text", { maxLength: 2000 }),
    resolution: enumOf("settings.resolution", ["720p", "1080p"], { required: true }),
    aspectRatio: enumOf("settings.aspect_ratio", ["9:16", "1:1", "16:9"], { required: true }),
    durationSeconds: integer("settings.duration", { required: true, values: [15, 30, 60] }),
    watermark,
    callbackUrl
  },
  expectedSeconds: ({ durationSeconds }) => 120 + 10 * durationSeconds,
  example: {
    referenceImages: ["https://example.com/cup.jpg"],
    goodsTitle: "Stoneware cup",
    resolution: "1080p",
    aspectRatio: "9:16",
    durationSeconds: 15
  }
})

export const talkingAgent = operation({
  ...experimental,
  id: "solutions.talking_agent",
  summary: "A presenter who speaks your text about a product",
  family: "talking",
  path: "/solutions/talking_agent",
  since: "2026-09-07",
  params: {
    avatarImage: media("avatar_image", newImage, { notes: "or avatarId" }),
    avatarId: id("avatar_id", { encodedAs: "string", notes: "or avatarImage" }),
    referenceImages: array("ref_image", media("", newImage, {}), { max: 5 }),
    goodsTitle: string("goods_title", { maxLength: 500 }),
    goodsPrice: string("goods_price", { maxLength: 256 }),
    goodsTargetAudience: array("goods_target_audience", string("", { maxLength: 200 }), { max: 20 }),
    goodsSellingPoints: array("goods_selling_point", string("", { maxLength: 500 }), { max: 20 }),
    speechScript: string("speech_script", { required: true, maxLength: 2000 }),
    resolution: enumOf("settings.resolution", ["720p", "1080p"], {}),
    aspectRatio: enumOf("settings.aspect_ratio", ["9:16", "16:9"], {}),
    allowPolish: boolean("settings.allow_polish", { notes: "let Kling polish the text" }),
    voiceId: id("settings.voice_id", { encodedAs: "string", notes: "one of nine presets" }),
    speechRate: number("settings.speech_rate", { values: [0.8, 1, 1.2] }),
    actionPrompt: string("settings.action_prompt", { maxLength: 2500 }),
    backgroundMusic: boolean("settings.bgm_enabled", {}),
    callbackUrl: string("options.callback_url", {
      maxLength: 1024,
      notes: "called on every status change; poll as well"
    })
  },
  rules: [exactlyOne("avatarImage", "avatarId")],
  expectedSeconds: () => 300,
  example: {
    avatarImage: "https://example.com/portrait.jpg",
    speechScript: "This cup keeps your tea warm.",
    goodsTitle: "Stoneware cup"
  }
})

export const dramaSubtitle = operation({
  ...experimental,
  id: "solutions.drama_subtitle",
  summary: "Burns subtitles into an episode, and returns them as files",
  family: "subtitle",
  path: "/solutions/drama_subtitle",
  since: "2026-09",
  params: {
    sourceVideo: media("contents[type=source_video].url", dramaVideo, { required: true }),
    glossary: array("contents[type=glossary].text", string("", { maxLength: 100 }), {
      max: 200,
      notes: "terms to spell correctly; the exact nesting is unconfirmed"
    }),
    targetCharactersPerSecond: integer("settings.target_cps", { min: 10, max: 20, default: 17 }),
    targetLanguage: enumOf("settings.target_language", ["en"], {}),
    marginVerticalPixels: integer("settings.margin_v", { min: 1, max: 4096 }),
    fontSize: integer("settings.font_size", { min: 1, max: 512 }),
    callbackUrl: string("options.callback_url", { notes: "called once, at the end" })
  },
  expectedSeconds: () => 300,
  example: { sourceVideo: "https://example.com/walk.mp4", targetLanguage: "en" }
})

const read = {
  ...freeRead,
  confidence: "medium",
  family: "solutions",
  path: "/solutions",
  since: "2026-08-18"
} as const

export const getSolutions = operation({
  ...read,
  id: "solutions.get",
  summary: "Up to 20 tasks of the solutions by id",
  method: "GET",
  params: taskIdParams,
  rules: taskIdRules,
  output: Schema.Array(NewTask),
  example: { taskIds: "893605946402811985" }
})

export const listSolutions = operation({
  ...read,
  id: "solutions.list",
  summary: "Tasks of the solutions, paged. A read, although it is a POST",
  params: {
    startTime: integer("start_time", { notes: "ms since 1970" }),
    endTime: integer("end_time", { notes: "ms since 1970" }),
    cursor: string("cursor", { notes: "the next page; overrides every other parameter" }),
    limit: integer("limit", { min: 1, max: 500, default: 500 }),
    filters: objectArray(
      "filters[]",
      {
        key: enumOf("key", ["status"], { required: true }),
        values: array("values", string("", {}), { required: true, min: 1 })
      },
      {}
    )
  },
  output: NewTaskPage,
  example: { limit: 20 }
})
