import { type ImageRequest, planImage, planVideo, type VideoRequest } from "@klingkit/core"
import { Effect } from "effect"
import { credentialKind } from "../connection.ts"

const imageRequest: ImageRequest = { prompt: "A paper boat on a puddle, first light, watercolour", resolution: "1k" }
const videoRequest: VideoRequest = {
  prompt: "A paper boat sails across a puddle while the rain ends",
  resolution: "720p",
  durationSeconds: 5,
  aspectRatio: "16:9"
}

/** What the demo generates: each request as the arguments of its tool. */
export const demoRequests = [
  {
    what: "image",
    tool: "generate_image",
    args: { prompt: imageRequest.prompt, resolution: imageRequest.resolution },
    fileName: "demo-image.png"
  },
  {
    what: "video",
    tool: "generate_video",
    args: {
      prompt: videoRequest.prompt,
      resolution: videoRequest.resolution,
      duration: videoRequest.durationSeconds,
      aspect_ratio: videoRequest.aspectRatio
    },
    fileName: "demo-video.mp4"
  }
] as const

export type DemoRequest = (typeof demoRequests)[number]

/** What the same requests would cost on the configured account. */
export const quotes = Effect.gen(function* () {
  const image = yield* planImage(imageRequest)
  const video = yield* planVideo(videoRequest, yield* credentialKind)
  return [
    { what: "image", ...image.quote },
    { what: "video", ...video.quote }
  ]
})
