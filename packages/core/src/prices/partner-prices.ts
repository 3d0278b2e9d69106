import type { LengthSource } from "../operation.ts"
import { type Quote, unknownPrice, usdEstimate } from "./quote.ts"

/** What partners charge in USD per second at one resolution, where Kling lists no price. */
export interface PartnerRate {
  readonly likely: number
  /** The highest known, for the upper bound. */
  readonly highest: number
  /** With a video input; then the seconds of the inputs count too. */
  readonly withVideo: number
}

interface PartnerVideo {
  readonly resolution?: string
  readonly durationSeconds?: number
  readonly dynamicRange?: string
  readonly baseVideo?: { readonly video: string }
  readonly featureVideos?: ReadonlyArray<{ readonly video: string }>
}

/** All input videos together. */
const maxInputSeconds = 30
// The default is not documented.
const assumedSeconds = 5

/**
 * The price of a video at partners: seconds of the result, or with an edited or a reference video those of input and
 * result, as an edit is as long as its input. Without a duration or a resolution the upper bound takes the highest.
 */
export const partnerPrice =
  (model: string, maxSeconds: number, rates: Readonly<Record<string, PartnerRate>>) =>
  (input: PartnerVideo, sourceSeconds?: number): Quote => {
    const { resolution = "720p", dynamicRange, baseVideo, featureVideos = [] } = input
    const rate = Object.entries(rates).find(([size]) => size === resolution)?.[1]
    if (rate === undefined || dynamicRange !== undefined) {
      return unknownPrice(`no listed price for ${model}, ${resolution}${dynamicRange === undefined ? "" : ", HDR"}`)
    }
    const possible = input.resolution === undefined ? Object.values(rates) : [rate]
    const seconds = { likely: input.durationSeconds ?? assumedSeconds, most: input.durationSeconds ?? maxSeconds }
    const what = `${model}, ${resolution}; a partner's price, as Kling lists none`
    if (baseVideo === undefined && featureVideos.length === 0) {
      const highest = Math.max(...possible.map((one) => one.highest))
      const rule = `${seconds.likely} s x ${rate.likely} USD (${what}); at most ${seconds.most} s x ${highest} USD`
      return usdEstimate("video", seconds.likely * rate.likely, seconds.most * highest, rule)
    }
    const measured = videoWithSeconds(input) === undefined ? undefined : sourceSeconds
    const most = measured === undefined ? maxInputSeconds : Math.ceil(measured)
    const result =
      baseVideo === undefined ? seconds : { likely: measured ?? 0, most: Math.max(most, input.durationSeconds ?? 0) }
    const highest = Math.max(...possible.map((one) => one.withVideo))
    return usdEstimate(
      "video",
      measured === undefined ? undefined : (measured + result.likely) * rate.withVideo,
      (most + result.most) * highest,
      `seconds of input and result x ${rate.withVideo} USD (${what}); at most ${most} s + ${result.most} s`
    )
  }

/** The one video input whose length the price follows; several are bounded by their total. */
export const videoWithSeconds = ({ baseVideo, featureVideos = [] }: PartnerVideo): LengthSource | undefined => {
  const videos = [...(baseVideo === undefined ? [] : [baseVideo]), ...featureVideos]
  const [first] = videos
  return first === undefined || videos.length > 1 ? undefined : { media: first.video }
}
