import { isRefusal } from "../answers/envelope.ts"
import type { Answerer } from "../routes/asked.ts"
import { createTask } from "../routes/create.ts"

const noClip = { id: "", url: "", durationSeconds: 5 }

/** `POST /v1/videos/identify-face`: opens a session for lip-sync. Every clip here shows one face, from start to end. */
export const identifyFace: Answerer = ({ world, route: { operation }, body, struck, now }) => {
  const task = createTask(world, { operation, body, struck, now })
  if (isRefusal(task)) return task
  const video = task.parentVideo ?? noClip
  const session = world.sessions.open(task.id, "faces", video, now)
  const face = task.outputs.find((output) => output.type === "image")
  return {
    session_id: session.id,
    face_data: [
      {
        face_id: "0",
        face_image: face === undefined ? "" : `${world.baseUrl}${face.file.path}`,
        start_time: 0,
        end_time: video.durationSeconds * 1000
      }
    ]
  }
}

const segments = ["object_seg", "head_seg", "face_seg", "cloth_seg"]

/** `POST /v1/videos/image-recognize`: four cut-outs, all found. */
export const recognizeImage: Answerer = ({ world, route: { operation }, body, struck, now }) => {
  const task = createTask(world, { operation, body, struck, now })
  if (isRefusal(task)) return task
  const urls = task.outputs.flatMap((output) =>
    output.type === "image" ? [`${world.baseUrl}${output.file.path}`] : []
  )
  return {
    task_id: task.id,
    task_status: "succeed",
    task_result: { images: segments.map((type, index) => ({ type, is_contain: true, url: urls[index] ?? "" })) }
  }
}
