import { Schema } from "effect"
import { anySound, apparelVideo, dramaVideo, newImage, tryOnImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { choice, flag, id, integer, list, media, number, records, text } from "../params/param.ts"
import { free, unknownPrice } from "../prices/quote.ts"
import { NewTask, NewTaskPage } from "../wire/new-task.ts"
import { newOptions } from "./options.ts"
import { exactlyOne } from "./presence-rules.ts"
import { taskIdParams, taskIdRules } from "./task-ids.ts"

const state = "documented on Kling's Chinese site only; not proven on the global host"
const priceOf = () => unknownPrice("Kling prices solutions one by one; the price is not in its table")
const { callbackUrl } = newOptions
/** Two solutions spell it without `_info`. */
const watermark = flag("options.watermark.enabled", { default: false, notes: "also make a copy with a watermark" })

const create = { confidence: "medium", state, price: priceOf } as const
const experimental = {
  confidence: "low",
  state: `${state}; the exact body is known from one page only`,
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
    keepFace: flag("settings.keep_face", { default: true }),
    keepPose: flag("settings.keep_pose", { default: true }),
    keepBackground: flag("settings.keep_background", { default: true }),
    watermark,
    callbackUrl
  },
  usualSeconds: () => 45,
  example: { productImage: "https://example.com/coat.jpg", personImage: "https://example.com/portrait.jpg" }
})

export const clothingDupe = operation({
  ...create,
  id: "solutions.clothing_dupe",
  summary: "A product clip shot again with other clothes: pictures of them, of models, and a video",
  family: "clothing",
  path: "/solutions/e-commerce/clothing_dupe",
  since: "2026-08-18",
  params: {
    productInfo: text("contents[type=product_info].text", { maxLength: 2500 }),
    sourceVideo: media("contents[type=source_video].url", apparelVideo, { required: true }),
    productImages: list("contents[type=product_image].url", media("", newImage, {}), {
      required: true,
      min: 1,
      max: 5
    }),
    modelImages: list("contents[type=model_image].url", media("", newImage, {}), { max: 5 }),
    backgroundMusic: media("contents[type=bgm].url", anySound, {}),
    voiceId: id("contents[type=voice].voice_id", { sentAs: "string", notes: "one of ten presets" }),
    resolution: choice("settings.resolution", ["720p", "1080p"], {}),
    aspectRatio: choice("settings.aspect_ratio", ["9:16", "2:3", "3:4", "1:1", "4:3", "3:2", "16:9", "21:9"], {}),
    ...newOptions
  },
  usualSeconds: () => 600,
  example: { sourceVideo: "https://example.com/walk.mp4", productImages: ["https://example.com/coat.jpg"] }
})

export const goodsStudio = operation({
  ...create,
  id: "solutions.goods_studio",
  summary: "An advertising clip for a product, from its pictures and its title",
  family: "goods",
  path: "/solutions/e-commerce/goods_studio",
  since: "2026-08-21",
  params: {
    referenceImages: list("contents[type=ref_image].url", media("", newImage, {}), { required: true, min: 1, max: 5 }),
    goodsTitle: text("contents[type=goods_title].text", { required: true, maxLength: 200 }),
    goodsDescription: text("contents[type=goods_description].text", { maxLength: 2000 }),
    resolution: choice("settings.resolution", ["720p", "1080p"], { required: true }),
    aspectRatio: choice("settings.aspect_ratio", ["9:16", "1:1", "16:9"], { required: true }),
    durationSeconds: integer("settings.duration", { required: true, values: [15, 30, 60] }),
    watermark,
    callbackUrl
  },
  usualSeconds: ({ durationSeconds }) => 120 + 10 * durationSeconds,
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
    avatarId: id("avatar_id", { sentAs: "string", notes: "or avatarImage" }),
    referenceImages: list("ref_image", media("", newImage, {}), { max: 5 }),
    goodsTitle: text("goods_title", { maxLength: 500 }),
    goodsPrice: text("goods_price", { maxLength: 256 }),
    goodsTargetAudience: list("goods_target_audience", text("", { maxLength: 200 }), { max: 20 }),
    goodsSellingPoints: list("goods_selling_point", text("", { maxLength: 500 }), { max: 20 }),
    speechScript: text("speech_script", { required: true, maxLength: 2000 }),
    resolution: choice("settings.resolution", ["720p", "1080p"], {}),
    aspectRatio: choice("settings.aspect_ratio", ["9:16", "16:9"], {}),
    allowPolish: flag("settings.allow_polish", { notes: "let Kling improve the text" }),
    voiceId: id("settings.voice_id", { sentAs: "string", notes: "one of nine presets" }),
    speechRate: number("settings.speech_rate", { values: [0.8, 1, 1.2] }),
    actionPrompt: text("settings.action_prompt", { maxLength: 2500 }),
    backgroundMusic: flag("settings.bgm_enabled", {}),
    callbackUrl: text("options.callback_url", { maxLength: 1024, notes: "called at every status change; poll as well" })
  },
  rules: [exactlyOne("avatarImage", "avatarId")],
  usualSeconds: () => 300,
  example: {
    avatarImage: "https://example.com/portrait.jpg",
    speechScript: "This cup keeps your tea warm.",
    goodsTitle: "Stoneware cup"
  }
})

export const dramaSubtitle = operation({
  ...experimental,
  id: "solutions.drama_subtitle",
  summary: "An episode with subtitles burnt in, and the subtitles as files",
  family: "subtitle",
  path: "/solutions/drama_subtitle",
  since: "2026-09",
  params: {
    sourceVideo: media("contents[type=source_video].url", dramaVideo, { required: true }),
    glossary: list("contents[type=glossary].text", text("", { maxLength: 100 }), {
      max: 200,
      notes: "words to spell right; how Kling wants them nested is not certain"
    }),
    targetCharactersPerSecond: integer("settings.target_cps", { min: 10, max: 20, default: 17 }),
    targetLanguage: choice("settings.target_language", ["en"], {}),
    marginVerticalPixels: integer("settings.margin_v", { min: 1, max: 4096 }),
    fontSize: integer("settings.font_size", { min: 1, max: 512 }),
    callbackUrl: text("options.callback_url", { notes: "called once, at the end" })
  },
  usualSeconds: () => 300,
  example: { sourceVideo: "https://example.com/walk.mp4", targetLanguage: "en" }
})

const read = {
  kind: "read",
  confidence: "medium",
  family: "solutions",
  path: "/solutions",
  since: "2026-08-18",
  price: () => free,
  usualSeconds: () => 0
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
  summary: "Tasks of the solutions, page by page. A read in spite of its verb",
  params: {
    startTime: integer("start_time", { notes: "ms since 1970" }),
    endTime: integer("end_time", { notes: "ms since 1970" }),
    cursor: text("cursor", { notes: "the next page; overrides every other parameter" }),
    limit: integer("limit", { min: 1, max: 500, default: 500 }),
    filters: records(
      "filters[]",
      {
        key: choice("key", ["status"], { required: true }),
        values: list("values", text("", {}), { required: true, min: 1 })
      },
      {}
    )
  },
  output: NewTaskPage,
  example: { limit: 20 }
})
