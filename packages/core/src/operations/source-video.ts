import type { MediaRule } from "../media/media-rules.ts"
import { id, media } from "../params/param.ts"

/** The video that an operation works on: an earlier result, or one from elsewhere. Exactly one of the two is required. */
export const sourceVideo = (rule: MediaRule) => ({
  videoId: id("video_id", { resultOf: "video", encodedAs: "string", notes: "of an earlier result; this or videoUrl" }),
  videoUrl: media("video_url", rule, { notes: "this or videoId" })
})
