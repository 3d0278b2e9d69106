import { exactNumber } from "@klingkit/core/internal"
import type { ElementSource, Output, OutputFile } from "../outputs/output.ts"
import { type EmulatedTask, isCharged, statusAt, updatedAt } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"

type Json = Readonly<Record<string, unknown>>

/** `data` of a legacy create. */
export const legacyCreated = (task: EmulatedTask): Json => ({
  task_id: task.id,
  task_status: "submitted",
  task_info: { external_task_id: task.externalId },
  created_at: task.createdAt,
  updated_at: task.createdAt
})

/** A task in legacy reads and lists. */
export const legacyTask = (world: WorldState, task: EmulatedTask, now: number): Json => ({
  ...record(world, task, now, task.watermark),
  ...(echoesWatermark(task) ? { watermark_info: { enabled: task.watermark } } : {}),
  task_info: info(task)
})

/** The body of a legacy callback: files without a watermark only, as in the vendor's sample. */
export const legacyCallback = (world: WorldState, task: EmulatedTask, now: number): Json => ({
  ...record(world, task, now, false),
  task_info: info(task)
})

/** The response of a synchronous call, such as text to speech: it has no `task_info`. */
export const finishedTask = (world: WorldState, task: EmulatedTask, now: number): Json =>
  record(world, task, now, false)

const record = (world: WorldState, task: EmulatedTask, now: number, watermark: boolean): Json => {
  const status = statusAt(task, now)
  return {
    task_id: task.id,
    task_status: status,
    task_status_msg: status === "failed" ? task.failure : "",
    created_at: task.createdAt,
    updated_at: updatedAt(task, now),
    ...(status === "succeed" ? { task_result: result(world, task, watermark) } : {}),
    ...(isCharged(task, now) || status === "succeed"
      ? { final_unit_deduction: String(task.units), final_balance_deduction: { quota: "0", list_price: "0" } }
      : {})
  }
}

const info = ({ externalId, parentVideo }: EmulatedTask): Json => ({
  external_task_id: externalId,
  ...(parentVideo === undefined
    ? {}
    : {
        parent_video: { id: parentVideo.id, url: parentVideo.url, duration: String(parentVideo.durationSeconds) }
      })
})

// Elements, voices, views and text to audio do not echo it (samples).
const echoesWatermark = ({ operation }: EmulatedTask): boolean =>
  operation.path.startsWith("/v1/images/") || operation.path.startsWith("/v1/videos/avatar")

const result = (world: WorldState, task: EmulatedTask, watermark: boolean): Json => {
  const lists: Record<string, unknown> = {}
  const push = (list: string, entry: (index: number) => Json) => {
    const entries = (lists[list] ??= []) as Array<Json>
    entries.push(entry(entries.length))
  }
  for (const output of task.outputs) push(listOf(output), (index) => entryOf(world, output, index, watermark))
  if (task.operation.family !== "omniimg") return lists
  const isSeries = lists["series_images"] !== undefined
  return { result_type: isSeries ? "series" : "single", images: [], series_images: [], ...lists }
}

const listOf = (output: Output): string => {
  if (output.type === "image") return output.groupId === undefined ? "images" : "series_images"
  return output.type === "views" ? "images" : `${output.type}s`
}

const entryOf = (world: WorldState, output: Output, index: number, watermark: boolean): Json => {
  const url = (file: OutputFile) => `${world.baseUrl}${file.path}`
  const watermarked = (file: OutputFile) => (watermark ? { watermark_url: url(file) } : {})
  switch (output.type) {
    case "video": {
      const { id, file, durationSeconds } = output
      return { id, url: url(file), ...watermarked(output.watermarked), duration: String(durationSeconds) }
    }
    case "image":
      return { index, url: url(output.file), ...watermarked(output.watermarked) }
    case "views": {
      const [first, second, third] = output.files
      return { index, url_1: url(first), url_2: url(second), url_3: url(third) }
    }
    case "audio": {
      const duration = String(output.durationSeconds)
      const { id, mp3, wav } = output
      return { id, url_mp3: url(mp3), url_wav: url(wav), duration_mp3: duration, duration_wav: duration }
    }
    case "voice":
      return { voice_id: output.id, voice_name: output.name, trial_url: url(output.trial), owned_by: world.accountId }
    case "element":
      return legacyElement(world, output.id, output.source, world.accountId)
  }
}

/** An element on legacy paths; its id is a bare number of up to 64 bits. */
export const legacyElement = (world: WorldState, id: string, source: ElementSource, ownedBy: string): Json => ({
  element_id: exactNumber(id),
  element_name: source.name,
  element_description: source.description,
  reference_type: source.referenceVideos.length > 0 ? "video_refer" : "image_refer",
  element_image_list:
    source.frontalImage === undefined
      ? {}
      : {
          frontal_image: source.frontalImage,
          refer_images: source.referenceImages.map((image) => ({ image_url: image }))
        },
  element_video_list:
    source.referenceVideos.length === 0
      ? {}
      : { refer_videos: source.referenceVideos.map((video) => ({ video_url: video })) },
  element_voice_info:
    source.voiceId === undefined ? {} : { voice_id: source.voiceId, voice_name: "", trial_url: "", owned_by: ownedBy },
  tag_list: source.tags.map((tag) => ({ tag_id: tag, tag_name: tag, tag_description: "" })),
  owned_by: ownedBy,
  status: world.deleted.has(id) ? "deleted" : "succeed"
})
