import { Effect, Option } from "effect"
import type { ImageModel } from "../models/image-model.ts"
import type { VideoModel } from "../models/video-model.ts"
import { usdText } from "../prices/quote.ts"
import { planImage } from "./plan-image.ts"
import { planVideo } from "./plan-video.ts"

/** The price of a typical request: a video of 5 s, or one image. */
export interface TypicalPrice {
  readonly resolution: string
  /** What is added to a prompt alone: audio made with the video, or a reference image where that costs more. */
  readonly with?: "audio" | "image"
  readonly usd: number
}

/** The length that Kling makes by default, and that every model makes. */
export const typicalSeconds = 5

/** `720p $0.42, with audio $0.63; 1080p $0.56, with audio $0.84`; empty if no price is published. */
export const typicalPricesText = (prices: ReadonlyArray<TypicalPrice>): string =>
  [...Map.groupBy(prices, ({ resolution }) => resolution)]
    .map(([resolution, own]) => {
      const each = own.map(({ usd, with: added }) => `${added === undefined ? "" : `with ${added} `}${usdText(usd)}`)
      return `${resolution} ${each.join(", ")}`
    })
    .join("; ")

const anyPrompt = "price"
const anyImage = "https://example.com/image.png"

/** What a model's typical requests cost, by the planner: what it does not make, or has no published price for, is left out. */
export const typicalPrices = (model: VideoModel | ImageModel): Effect.Effect<ReadonlyArray<TypicalPrice>> =>
  Effect.map("seconds" in model ? videoPrices(model) : imagePrices(model), (prices) => prices.flat())

const videoPrices = ({ id, resolutions, audio }: VideoModel) =>
  Effect.forEach(resolutions, (resolution) =>
    Effect.forEach(audio.filter((one) => one !== "original").toReversed(), (one) => {
      const plan = planVideo(
        // A model that always has audio has no such setting.
        {
          prompt: anyPrompt,
          model: id,
          resolution,
          durationSeconds: typicalSeconds,
          ...(audio.length > 1 ? { audio: one } : {})
        },
        "api-key"
      )
      return priceOf(plan, { resolution, ...(one === "native" ? { with: "audio" } : {}) })
    }).pipe(Effect.map((prices) => prices.flat()))
  )

const imagePrices = ({ id, resolutions }: ImageModel) =>
  Effect.forEach(resolutions, (resolution) =>
    Effect.gen(function* () {
      const request = { prompt: anyPrompt, model: id, resolution }
      const alone = yield* priceOf(planImage(request), { resolution })
      const after = yield* priceOf(planImage({ ...request, image: anyImage }), { resolution, with: "image" })
      return [...alone, ...after.filter(({ usd }) => usd !== alone[0]?.usd)]
    })
  )

const priceOf = (plan: ReturnType<typeof planVideo>, of: Omit<TypicalPrice, "usd">) =>
  Effect.map(Effect.option(plan), (planned): ReadonlyArray<TypicalPrice> => {
    const usd = Option.getOrUndefined(planned)?.quote.priceUsd
    return usd === undefined ? [] : [{ ...of, usd }]
  })
