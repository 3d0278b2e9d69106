import type { Output, OutputFile } from "../outputs/output.ts"
import { type EmulatedTask, statusAt, updatedAt } from "../world/task.ts"

type Json = Readonly<Record<string, unknown>>

/** `data` of a create of the new generation: without `message`, `outputs` and `billing`. */
export const newCreated = (task: EmulatedTask): Json => ({
  id: task.id,
  status: "submitted",
  create_time: task.createdAt,
  update_time: task.createdAt,
  external_id: task.externalId
})

/** A task of either generation as `GET /tasks`, `POST /tasks` and callbacks of the new generation show it. */
export const newTask = (task: EmulatedTask, now: number, baseUrl: string): Json => {
  const status = statusAt(task, now)
  const done = status === "succeed"
  return {
    id: task.id,
    status: done ? "succeeded" : status,
    message: status === "failed" ? task.failure : "",
    create_time: task.createdAt,
    update_time: updatedAt(task, now),
    external_id: task.externalId,
    outputs: done ? task.outputs.map((output) => newOutput(task, output, baseUrl)) : [],
    billing: done && task.units > 0 ? [{ charge_type: "unit", amount: String(task.units), package_type: task.pack }] : []
  }
}

const newOutput = (task: EmulatedTask, output: Output, baseUrl: string): Json => {
  const url = (file: OutputFile) => `${baseUrl}${file.path}`
  const watermarked = (file: OutputFile) => (task.watermark ? { watermark_url: url(file) } : {})
  const { type } = output
  switch (type) {
    case "video":
      return { type, id: output.id, url: url(output.file), ...watermarked(output.watermarked), duration: String(output.durationSeconds) }
    case "image":
      return { type, url: url(output.file), ...watermarked(output.watermarked) }
    case "audio":
      return {
        type,
        id: output.id,
        mp3_url: url(output.mp3),
        wav_url: url(output.wav),
        mp3_duration: String(output.durationSeconds),
        wav_duration: String(output.durationSeconds)
      }
    case "voice":
      return { type, id: output.id, name: output.name, url: url(output.trial), owned_by: "kling", status: "succeeded" }
    case "element":
      return { type, id: output.id, name: output.name, description: output.description }
  }
}
