import { Schema } from "effect"
import { maybe, present, readNumber, WireId, WireNumber } from "./fields.ts"
import { readStatus, type Task, type TaskOutput } from "./task.ts"

const Video = Schema.Struct({
  id: maybe(WireId),
  url: maybe(Schema.String),
  watermark_url: maybe(Schema.String),
  duration: maybe(WireNumber)
})

// `ai-multi-shot` returns three views in one entry: `url_1`, `url_2`, `url_3`.
const Image = Schema.Struct({
  index: maybe(WireNumber),
  url: maybe(Schema.String),
  url_1: maybe(Schema.String),
  url_2: maybe(Schema.String),
  url_3: maybe(Schema.String),
  watermark_url: maybe(Schema.String)
})

const Audio = Schema.Struct({
  id: maybe(WireId),
  url: maybe(Schema.String),
  duration: maybe(WireNumber),
  url_mp3: maybe(Schema.String),
  url_wav: maybe(Schema.String),
  duration_mp3: maybe(WireNumber),
  duration_wav: maybe(WireNumber)
})

const Voice = Schema.Struct({
  voice_id: WireId,
  voice_name: maybe(Schema.String),
  trial_url: maybe(Schema.String),
  owned_by: maybe(Schema.String)
})

/** An element of the legacy paths. The fields for its sources echo the request, or are empty objects. */
export const LegacyElement = Schema.Struct({
  element_id: WireId,
  element_name: maybe(Schema.String),
  element_description: maybe(Schema.String),
  reference_type: maybe(Schema.String),
  element_image_list: maybe(Schema.Unknown),
  element_video_list: maybe(Schema.Unknown),
  element_voice_info: maybe(Schema.Unknown),
  tag_list: maybe(Schema.Unknown),
  owned_by: maybe(Schema.String),
  status: maybe(Schema.String)
})

/** A task of the legacy paths: create responses, single reads, lists, callbacks. */
export const LegacyTask = Schema.Struct({
  task_id: WireId,
  task_status: Schema.String,
  task_status_msg: maybe(Schema.String),
  task_info: maybe(Schema.Struct({ external_task_id: maybe(Schema.String), parent_video: maybe(Video) })),
  created_at: maybe(WireNumber),
  updated_at: maybe(WireNumber),
  final_unit_deduction: maybe(WireNumber),
  final_balance_deduction: maybe(Schema.Struct({ quota: maybe(WireNumber), list_price: maybe(WireNumber) })),
  watermark_info: maybe(Schema.Struct({ enabled: maybe(Schema.Boolean) })),
  task_result: maybe(
    Schema.Struct({
      result_type: maybe(Schema.String),
      videos: maybe(Schema.Array(Video)),
      images: maybe(Schema.Array(Image)),
      series_images: maybe(Schema.Array(Image)),
      audios: maybe(Schema.Array(Audio)),
      voices: maybe(Schema.Array(Voice)),
      elements: maybe(Schema.Array(LegacyElement))
    })
  )
})

export const fromLegacyTask = (raw: typeof LegacyTask.Type): Task => {
  const externalId = raw.task_info?.external_task_id
  const units = readNumber(raw.final_unit_deduction)
  const cash = readNumber(raw.final_balance_deduction?.quota)
  return {
    id: String(raw.task_id),
    ...readStatus(raw.task_status),
    outputs: readResult(raw.task_result ?? {}),
    charges: [
      ...(units === undefined ? [] : [{ kind: "unit", amount: units } as const]),
      ...(cash === undefined || cash === 0 ? [] : [{ kind: "cash", amount: cash } as const])
    ],
    ...present({
      externalId: externalId === "" ? undefined : externalId,
      message: raw.task_status_msg === "" ? undefined : raw.task_status_msg,
      createdAt: readNumber(raw.created_at),
      updatedAt: readNumber(raw.updated_at)
    })
  }
}

const readResult = (raw: NonNullable<typeof LegacyTask.Type.task_result>): ReadonlyArray<TaskOutput> => [
  ...(raw.videos ?? []).flatMap((video): ReadonlyArray<TaskOutput> => {
    if (!video.url) return []
    const id = video.id === undefined || video.id === null ? undefined : String(video.id)
    const durationSeconds = readNumber(video.duration)
    return [{ type: "video", url: video.url, ...present({ id, watermarkUrl: video.watermark_url, durationSeconds }) }]
  }),
  ...[...(raw.images ?? []), ...(raw.series_images ?? [])].flatMap((image) =>
    [image.url, image.url_1, image.url_2, image.url_3].flatMap((url): ReadonlyArray<TaskOutput> =>
      url ? [{ type: "image", url, ...present({ watermarkUrl: image.watermark_url }) }] : []
    )
  ),
  ...(raw.audios ?? []).flatMap((audio): ReadonlyArray<TaskOutput> => {
    const url = audio.url_mp3 ?? audio.url ?? audio.url_wav
    if (!url) return []
    const id = audio.id === undefined || audio.id === null ? undefined : String(audio.id)
    const durationSeconds = readNumber(audio.duration_mp3 ?? audio.duration ?? audio.duration_wav)
    return [{ type: "audio", url, ...present({ id, wavUrl: audio.url_wav, durationSeconds }) }]
  }),
  ...(raw.voices ?? []).map((voice): TaskOutput => ({
    type: "voice",
    id: String(voice.voice_id),
    ...present({ name: voice.voice_name, url: voice.trial_url, ownedBy: voice.owned_by })
  })),
  ...(raw.elements ?? []).map((element): TaskOutput => ({
    type: "element",
    id: String(element.element_id),
    ...present({
      name: element.element_name,
      description: element.element_description,
      ownedBy: element.owned_by,
      deleted: element.status === "deleted" ? true : undefined
    })
  }))
]
