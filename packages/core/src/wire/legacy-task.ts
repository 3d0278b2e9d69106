import { Schema } from "effect"
import { lenient, maybe, present, TaskId, WireId, WireNumber } from "./fields.ts"
import { ForeignFields, maxMessageLength, readBill, readText } from "./foreign-fields.ts"
import { type Charge, readStatus, type Task, type TaskOutput } from "./task.ts"

const Video = Schema.Struct({
  id: maybe(WireId),
  url: maybe(Schema.String),
  watermark_url: lenient(Schema.String),
  duration: lenient(WireNumber)
})

// `ai-multi-shot` returns three views in one entry: `url_1`, `url_2`, `url_3`.
const Image = Schema.Struct({
  index: lenient(WireNumber),
  url: maybe(Schema.String),
  url_1: maybe(Schema.String),
  url_2: maybe(Schema.String),
  url_3: maybe(Schema.String),
  watermark_url: lenient(Schema.String)
})

const Audio = Schema.Struct({
  id: maybe(WireId),
  url: maybe(Schema.String),
  duration: lenient(WireNumber),
  url_mp3: maybe(Schema.String),
  url_wav: maybe(Schema.String),
  duration_mp3: lenient(WireNumber),
  duration_wav: lenient(WireNumber)
})

const Voice = Schema.Struct({
  voice_id: WireId,
  voice_name: lenient(Schema.String),
  trial_url: lenient(Schema.String),
  owned_by: lenient(Schema.String)
})

/** An element of the legacy paths. The fields for its sources echo the request, or are empty objects. */
export const LegacyElement = Schema.Struct({
  element_id: WireId,
  element_name: lenient(Schema.String),
  element_description: lenient(Schema.String),
  reference_type: lenient(Schema.String),
  element_image_list: maybe(Schema.Unknown),
  element_video_list: maybe(Schema.Unknown),
  element_voice_info: maybe(Schema.Unknown),
  tag_list: maybe(Schema.Unknown),
  owned_by: lenient(Schema.String),
  status: lenient(Schema.String)
})

/** A task of the legacy paths: create responses, single reads, lists, callbacks. */
export const LegacyTask = Schema.Struct({
  task_id: TaskId,
  task_status: Schema.String,
  task_status_msg: lenient(Schema.String),
  task_info: maybe(Schema.Struct({ external_task_id: maybe(WireId), parent_video: lenient(Video) })),
  created_at: lenient(WireNumber),
  updated_at: lenient(WireNumber),
  final_unit_deduction: lenient(WireNumber),
  final_balance_deduction: lenient(Schema.Struct({ quota: maybe(WireNumber), list_price: lenient(WireNumber) })),
  watermark_info: lenient(Schema.Struct({ enabled: maybe(Schema.Boolean) })),
  task_result: maybe(
    Schema.Struct({
      result_type: lenient(Schema.String),
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
  const fields = new ForeignFields()
  const outputs = readResult(raw.task_result ?? {}, fields)
  const charges = readCharges(raw, fields)
  const [createdAt, updatedAt] = [fields.time("created_at", raw.created_at), fields.time("updated_at", raw.updated_at)]
  return {
    id: String(raw.task_id),
    ...readStatus(raw.task_status),
    outputs,
    charges,
    ...present({
      externalId: readText(raw.task_info?.external_task_id, 200),
      message: readText(raw.task_status_msg, maxMessageLength),
      createdAt,
      updatedAt,
      ignored: fields.ignored
    })
  }
}

type Raw = typeof LegacyTask.Type

const readCharges = (
  { final_unit_deduction: units, final_balance_deduction: balance }: Raw,
  fields: ForeignFields
): ReadonlyArray<Charge> => {
  const line = (kind: Charge["kind"], field: string, value: string | number | null | undefined) => {
    if (value === undefined || value === null || value === "") return []
    const amount = fields.amount(field, value)
    return [amount === undefined ? undefined : { kind, amount }]
  }
  return readBill([
    ...line("unit", "final_unit_deduction", units),
    ...line("cash", "final_balance_deduction.quota", balance?.quota).filter((charge) => charge?.amount !== 0)
  ])
}

const readResult = (raw: NonNullable<Raw["task_result"]>, fields: ForeignFields): ReadonlyArray<TaskOutput> => [
  ...(raw.videos ?? []).flatMap((video): ReadonlyArray<TaskOutput> => {
    const url = fields.link("videos[].url", video.url)
    if (url === undefined) return []
    const id = fields.id("videos[].id", video.id)
    const watermarkUrl = fields.link("videos[].watermark_url", video.watermark_url)
    const durationSeconds = fields.seconds("videos[].duration", video.duration)
    return [{ type: "video", url, ...present({ id, watermarkUrl, durationSeconds }) }]
  }),
  ...[...(raw.images ?? []), ...(raw.series_images ?? [])].flatMap((image) => {
    const watermarkUrl = fields.link("images[].watermark_url", image.watermark_url)
    return [image.url, image.url_1, image.url_2, image.url_3].flatMap((given): ReadonlyArray<TaskOutput> => {
      const url = fields.link("images[].url", given)
      return url === undefined ? [] : [{ type: "image", url, ...present({ watermarkUrl }) }]
    })
  }),
  ...(raw.audios ?? []).flatMap((audio): ReadonlyArray<TaskOutput> => {
    const wavUrl = fields.link("audios[].url_wav", audio.url_wav)
    const url = fields.link("audios[].url_mp3", audio.url_mp3) ?? fields.link("audios[].url", audio.url) ?? wavUrl
    if (url === undefined) return []
    const id = fields.id("audios[].id", audio.id)
    const given = audio.duration_mp3 ?? audio.duration ?? audio.duration_wav
    const durationSeconds = fields.seconds("audios[].duration", given)
    return [{ type: "audio", url, ...present({ id, wavUrl, durationSeconds }) }]
  }),
  ...(raw.voices ?? []).flatMap((voice): ReadonlyArray<TaskOutput> => {
    const id = fields.id("voices[].voice_id", voice.voice_id)
    const url = fields.link("voices[].trial_url", voice.trial_url)
    const [name, ownedBy] = [readText(voice.voice_name, 200), readText(voice.owned_by, 80)]
    return id === undefined ? [] : [{ type: "voice", id, ...present({ name, url, ownedBy }) }]
  }),
  ...(raw.elements ?? []).flatMap((element): ReadonlyArray<TaskOutput> => {
    const id = fields.id("elements[].element_id", element.element_id)
    const described = present({
      name: readText(element.element_name, 200),
      description: readText(element.element_description, maxMessageLength),
      ownedBy: readText(element.owned_by, 80),
      deleted: element.status === "deleted" ? true : undefined
    })
    return id === undefined ? [] : [{ type: "element", id, ...described }]
  })
]
