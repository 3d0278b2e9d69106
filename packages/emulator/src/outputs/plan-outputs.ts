import { type AnyOperation, findVideoModel } from "@klingkit/core"
import type { MediaRequest } from "../media/media-request.ts"
import type { Ids } from "../world/ids.ts"
import { outputKind } from "./family-outputs.ts"
import type { Output, OutputFile } from "./output.ts"
import { imageSize, ratioOf, videoSize } from "./picture-size.ts"

type Input = Readonly<Record<string, unknown>>

interface Plan {
  readonly taskId: string
  readonly operation: AnyOperation
  readonly model: string
  readonly input: Input
  readonly ids: Ids
  readonly seed: number
}

/** What this request will have made once it succeeds; nothing is rendered yet. */
export const planOutputs = (plan: Plan): ReadonlyArray<Output> => {
  switch (outputKind(plan.operation)) {
    case "video":
      return [planVideo(plan)]
    case "image":
      return Array.from({ length: imageCount(plan.input) }, (_, index) => planImage(plan, index))
    case "audio":
      return [planAudio(plan)]
    case "voice":
      return [{ type: "voice", id: plan.ids.odd(), name: textOf(plan.input["name"]), trial: audioFile(plan, "trial", "wav", 5) }]
    case "element":
      return [
        {
          type: "element",
          id: plan.ids.odd(),
          name: textOf(plan.input["name"]),
          description: textOf(plan.input["description"])
        }
      ]
  }
}

/** The words to draw: whatever text the request is about. */
export const promptOf = (input: Input): string => {
  const text = input["prompt"] ?? input["text"] ?? input["speechScript"]
  if (typeof text === "string") return text
  const shots = input["shots"]
  return Array.isArray(shots) ? shots.map((shot: Input) => textOf(shot["prompt"])).join(" / ") : ""
}

/** How many pictures, and so how many slots. */
export const imageCount = (input: Input): number => {
  if (input["resultType"] === "series") return typeof input["seriesAmount"] === "number" ? input["seriesAmount"] : 4
  return typeof input["n"] === "number" ? input["n"] : 1
}

const planVideo = (plan: Plan): Output => {
  const { input, ids } = plan
  const durationSeconds = secondsOf(input, 5)
  const media: MediaRequest = {
    kind: "video",
    ...videoSize(resolutionOf(input), ratioOf(input["aspectRatio"]) ?? 16 / 9),
    durationSeconds,
    audio: hasSound(plan),
    ...drawn(plan, 0)
  }
  return { type: "video", id: ids.long(), ...withWatermark(plan, "video-1", "mp4", media), durationSeconds }
}

const planImage = (plan: Plan, index: number): Output => {
  const { input } = plan
  const size = imageSize(textOf(input["resolution"]) || "1k", ratioOf(input["aspectRatio"]) ?? 1)
  const media: MediaRequest = { kind: "image", ...size, ...drawn(plan, index) }
  return { type: "image", ...withWatermark(plan, `image-${index + 1}`, "png", media) }
}

const planAudio = (plan: Plan): Output => {
  const durationSeconds = secondsOf(plan.input, 5)
  return {
    type: "audio",
    id: plan.ids.long(),
    mp3: audioFile(plan, "audio-1", "mp3", durationSeconds),
    wav: audioFile(plan, "audio-1", "wav", durationSeconds),
    durationSeconds
  }
}

const audioFile = (plan: Plan, name: string, format: "mp3" | "wav", durationSeconds: number): OutputFile => ({
  path: `/files/${plan.taskId}/${name}.${format}`,
  media: { kind: "audio", durationSeconds, format, text: promptOf(plan.input), seed: plan.seed }
})

const withWatermark = (plan: Plan, name: string, ending: string, media: MediaRequest) => ({
  file: { path: `/files/${plan.taskId}/${name}.${ending}`, media },
  watermarked: {
    path: `/files/${plan.taskId}/${name}-watermark.${ending}`,
    media: media.kind === "audio" ? media : { ...media, caption: "watermark" }
  }
})

// Pictures of one task differ, those of the same seed and place do not.
const drawn = ({ operation, model, input, seed }: Plan, index: number) => ({
  text: promptOf(input) || operation.summary,
  seed: seed + index,
  caption: model || operation.id
})

const modes: Readonly<Record<string, string>> = { std: "720p", pro: "1080p", "4k": "4k" }
const resolutionOf = (input: Input): string => textOf(input["resolution"]) || modes[textOf(input["mode"])] || "720p"

const hasSound = ({ input, model }: Plan): boolean => {
  const audio = findVideoModel(model)?.audio
  if (audio?.length === 1) return audio[0] === "native"
  return ["native", "original", "on"].includes(textOf(input["audio"] ?? input["sound"]))
}

const secondsOf = (input: Input, usual: number): number =>
  typeof input["durationSeconds"] === "number" ? input["durationSeconds"] : usual

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")
