import type { ElementSource, Output, OutputFile } from "../outputs/output.ts"
import { type EmulatedTask, isCharged, statusAt, updatedAt } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"

type Json = Readonly<Record<string, unknown>>

/** `data` of a create of the new generation: without `message`, `outputs` and `billing`. One solution uses `task_id`. */
export const newCreated = (task: EmulatedTask): Json => ({
  [task.operation.path === "/solutions/virtual_try_on" ? "task_id" : "id"]: task.id,
  status: "submitted",
  create_time: task.createdAt,
  update_time: task.createdAt,
  external_id: task.externalId
})

/** A task of either generation in `GET /tasks` and `POST /tasks`. */
export const newTask = (world: WorldState, task: EmulatedTask, now: number): Json =>
  record(world, task, now, "references")

/** The body of a callback of the new generation, where an element's references are called materials. */
export const newCallback = (world: WorldState, task: EmulatedTask, now: number): Json =>
  record(world, task, now, "materials")

type References = "references" | "materials"

const record = (world: WorldState, task: EmulatedTask, now: number, references: References): Json => {
  const status = statusAt(task, now)
  const done = status === "succeed"
  return {
    id: task.id,
    status: done ? "succeeded" : status,
    message: status === "failed" ? task.failure : "",
    create_time: task.createdAt,
    update_time: updatedAt(task, now),
    external_id: task.externalId,
    outputs: done ? task.outputs.flatMap((output) => outputsOf(world, task, output, references)) : [],
    billing: isCharged(task, now) ? [{ charge_type: "unit", amount: String(task.units), package_type: task.pack }] : []
  }
}

const outputsOf = (
  world: WorldState,
  task: EmulatedTask,
  output: Output,
  references: References
): ReadonlyArray<Json> => {
  const url = (file: OutputFile) => `${world.baseUrl}${file.path}`
  const watermarked = (file: OutputFile) => (task.watermark ? { watermark_url: url(file) } : {})
  switch (output.type) {
    case "video": {
      const { type, id, file, durationSeconds } = output
      return [{ type, id, url: url(file), ...watermarked(output.watermarked), duration: String(durationSeconds) }]
    }
    case "image": {
      const { type, file, groupId } = output
      const group = groupId === undefined ? {} : { group_id: groupId }
      return [{ type, url: url(file), ...watermarked(output.watermarked), ...group }]
    }
    case "views":
      return output.files.map((file) => ({ type: "image", url: url(file) }))
    case "audio": {
      const { type, id, mp3, wav } = output
      const duration = String(output.durationSeconds)
      return [{ type, id, mp3_url: url(mp3), wav_url: url(wav), mp3_duration: duration, wav_duration: duration }]
    }
    case "voice": {
      const { type, id, name, trial } = output
      return [{ type, id, name, url: url(trial), owned_by: world.accountId, status: resourceStatus(world, id) }]
    }
    case "element": {
      const { type, id, source } = output
      return [
        {
          type,
          id,
          name: source.name,
          description: source.description,
          element_type: source.referenceVideos.length > 0 ? "video_character_elements" : "multi_image_elements",
          [references]: referencesOf(world, source),
          owned_by: world.accountId,
          status: resourceStatus(world, id),
          tags: source.tags.map((tag) => ({ id: Number(tag.replace("o_", "")), name: tag, description: "" }))
        }
      ]
    }
  }
}

const resourceStatus = (world: WorldState, id: string): string => (world.deleted.has(id) ? "deleted" : "succeeded")

const referencesOf = (world: WorldState, source: ElementSource): ReadonlyArray<Json> => [
  ...(source.frontalImage === undefined ? [] : [{ type: "image", role: "frontal", url: source.frontalImage }]),
  ...source.referenceImages.map((url) => ({ type: "image", role: "reference", url })),
  ...source.referenceVideos.map((url) => ({ type: "video", role: "refer", url })),
  ...(source.voiceId === undefined
    ? []
    : [{ type: "voice", role: "refer", url: "", id: source.voiceId, name: "", owned_by: world.accountId }])
]
