import { isRefusal } from "../answers/envelope.ts"
import type { OperationHandler } from "../routes/operation-handler.ts"
import { createTask } from "../routes/create.ts"

const defaultVideo = { id: "", url: "", durationSeconds: 5 }

/** `POST /v1/videos/identify-face`: opens a session for lip-sync. Every video shows one face from start to end. */
export const identifyFace: OperationHandler = ({ world, route: { operation }, body, faults, now }) => {
  const task = createTask(world, { operation, body, faults, now })
  if (isRefusal(task)) return task
  const video = task.parentVideo ?? defaultVideo
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

/** `POST /v1/videos/image-recognize`: returns all four cut-outs. */
export const recognizeImage: OperationHandler = ({ world, route: { operation }, body, faults, now }) => {
  const task = createTask(world, { operation, body, faults, now })
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
