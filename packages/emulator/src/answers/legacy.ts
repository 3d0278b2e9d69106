import type { Output, OutputFile } from "../outputs/output.ts"
import { type EmulatedTask, statusAt, updatedAt } from "../world/task.ts"

type Json = Readonly<Record<string, unknown>>

/** `data` of a legacy create. */
export const legacyCreated = (task: EmulatedTask): Json => ({
  task_id: task.id,
  task_status: "submitted",
  task_info: { external_task_id: task.externalId },
  created_at: task.createdAt,
  updated_at: task.createdAt
})

/** A task as legacy reads, lists and callbacks show it. */
export const legacyTask = (task: EmulatedTask, now: number, baseUrl: string): Json => {
  const status = statusAt(task, now)
  return {
    task_id: task.id,
    task_status: status,
    task_status_msg: status === "failed" ? task.failure : "",
    ...(echoesWatermark(task) ? { watermark_info: { enabled: task.watermark } } : {}),
    task_info: { external_task_id: task.externalId },
    created_at: task.createdAt,
    updated_at: updatedAt(task, now),
    ...(status === "succeed"
      ? {
          task_result: legacyResult(task, baseUrl),
          final_unit_deduction: String(task.units),
          final_balance_deduction: { quota: "0", list_price: "0" }
        }
      : {})
  }
}

const echoesWatermark = ({ operation }: EmulatedTask): boolean =>
  operation.path.startsWith("/v1/images/") || operation.path.startsWith("/v1/videos/avatar")

const legacyResult = (task: EmulatedTask, baseUrl: string): Json => {
  const url = (file: OutputFile) => `${baseUrl}${file.path}`
  const watermarked = (file: OutputFile) => (task.watermark ? { watermark_url: url(file) } : {})
  const write = (output: Output, index: number): Json => {
    switch (output.type) {
      case "video":
        return { id: output.id, url: url(output.file), ...watermarked(output.watermarked), duration: String(output.durationSeconds) }
      case "image":
        return { index, url: url(output.file), ...watermarked(output.watermarked) }
      case "audio":
        return {
          id: output.id,
          url_mp3: url(output.mp3),
          url_wav: url(output.wav),
          duration_mp3: String(output.durationSeconds),
          duration_wav: String(output.durationSeconds)
        }
      case "voice":
        return { voice_id: output.id, voice_name: output.name, trial_url: url(output.trial), owned_by: "kling" }
      case "element":
        return { element_id: output.id, element_name: output.name, element_description: output.description }
    }
  }
  const result: Record<string, Array<Json>> = {}
  for (const output of task.outputs) {
    const list = (result[`${output.type}s`] ??= [])
    list.push(write(output, list.length))
  }
  return result
}
