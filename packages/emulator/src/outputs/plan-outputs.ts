import { findVideoModel } from "@klingkit/core"
import { hashText } from "../media/seeded-random.ts"
import type { MediaRequest } from "../media/media-request.ts"
import type { Ids } from "../world/ids.ts"
import { outputKindOf } from "./family-outputs.ts"
import type { Output, OutputFile } from "./output.ts"
import { imageCount, promptOf, secondsOf, type Settings, sizeOf } from "./settings.ts"

/** The outputs of this request once it succeeds; nothing is rendered yet. */
export const planOutputs = (taskId: string, settings: Settings, ids: Ids, seed: number): ReadonlyArray<Output> => {
  const plan: Plan = { taskId, settings, ids, seed: seed ^ hashText(taskId) }
  switch (outputKindOf(settings.operation)) {
    case "video":
      return [video(plan)]
    case "image":
      return images(plan)
    case "views":
      return [0, 1, 2].map((entry) => ({
        type: "views",
        files: [view(plan, entry, 1), view(plan, entry, 2), view(plan, entry, 3)]
      }))
    case "audio":
      return [audio(plan)]
    case "video and audio":
      return [video(plan), audio(plan)]
    case "voice":
      return [
        {
          type: "voice",
          id: ids.long(),
          name: nameOf(settings.input["name"]),
          trial: audioFile(plan, "trial", "wav", 3)
        }
      ]
    case "element":
      return [{ type: "element", id: ids.long(), source: elementSource(settings.input) }]
  }
}

interface Plan {
  readonly taskId: string
  readonly settings: Settings
  readonly ids: Ids
  /** Media of two tasks differ; those of one task are the same for the same seed. */
  readonly seed: number
}

const video = (plan: Plan): Output => {
  const { settings } = plan
  const durationSeconds = secondsOf(settings)
  const media = withText(plan, 0, {
    kind: "video",
    ...sizeOf(settings),
    durationSeconds,
    audio: hasAudio(settings)
  })
  return { type: "video", id: plan.ids.long(), ...withWatermark(plan, "video-1.mp4", media), durationSeconds }
}

const images = (plan: Plan): ReadonlyArray<Output> => {
  const { input } = plan.settings
  const group = input["resultType"] === "series" ? { groupId: plan.ids.long() } : {}
  return Array.from({ length: imageCount(plan.settings) }, (_, index): Output => {
    const media = withText(plan, index, { kind: "image", ...sizeOf(plan.settings) })
    return { type: "image", ...withWatermark(plan, `image-${index + 1}.png`, media), ...group }
  })
}

const view = (plan: Plan, entry: number, number: number): OutputFile => ({
  path: `/files/${plan.taskId}/view-${entry}-${number}.png`,
  media: withText(plan, entry * 3 + number, { kind: "image", width: 1024, height: 1024 })
})

const audio = (plan: Plan): Output => {
  const durationSeconds = secondsOf(plan.settings)
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
  media: { kind: "audio", durationSeconds, format, text: promptOf(plan.settings), seed: plan.seed }
})

type VisualMedia = Extract<MediaRequest, { readonly kind: "video" | "image" }>
type WithoutText<M> = M extends VisualMedia ? Omit<M, "text" | "seed" | "caption"> : never

const withText = ({ settings, seed }: Plan, index: number, media: WithoutText<VisualMedia>): VisualMedia => ({
  ...media,
  text: promptOf(settings),
  seed: (seed + index) >>> 0,
  caption: settings.model || settings.operation.id
})

const withWatermark = ({ taskId, settings }: Plan, name: string, media: VisualMedia) => ({
  file: { path: `/files/${taskId}/${name}`, media },
  watermarked: {
    path: `/files/${taskId}/watermark-${name}`,
    media: { ...media, caption: `WATERMARK ${settings.model}` }
  }
})

/** Some models always generate audio and some never do; the others follow the request. */
const hasAudio = ({ operation, effective, model }: Settings): boolean => {
  const audio = findVideoModel(model)?.audio
  if (audio?.length === 1) return audio[0] === "native"
  if (["avatar", "lipsync", "lipsyncold", "v2a", "talking"].includes(operation.family)) return true
  return ["native", "original", "on"].includes(nameOf(effective["audio"] ?? effective["sound"]))
}

const nameOf = (value: unknown): string => (typeof value === "string" ? value : "")
const namesOf = (value: unknown): ReadonlyArray<string> => (Array.isArray(value) ? value.map(nameOf) : [])

export const elementSource = (input: Settings["input"]) => ({
  name: nameOf(input["name"]),
  description: nameOf(input["description"]),
  ...(input["frontalImage"] === undefined ? {} : { frontalImage: nameOf(input["frontalImage"]) }),
  referenceImages: namesOf(input["referenceImages"]),
  referenceVideos: namesOf(input["referenceVideos"]),
  ...(input["voiceId"] === undefined ? {} : { voiceId: nameOf(input["voiceId"]) }),
  tags: namesOf(input["tags"])
})
