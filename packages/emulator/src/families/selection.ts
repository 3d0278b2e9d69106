import { isRefusal, type Refusal, refusal } from "../answers/envelope.ts"
import type { Input } from "../outputs/settings.ts"
import { sourceVideo } from "../outputs/source-media.ts"
import type { OperationHandler, OperationRequest } from "../routes/operation-handler.ts"
import { readInput } from "../routes/read-input.ts"
import type { Session } from "../world/sessions.ts"

const framesPerSecond = 24
const maxFrames = 10
const mask = { size: [720, 1280], counts: "emulated" }

/** `POST /v1/videos/multi-elements/init-selection`: opens a video in the editor; `status` 0 is success. */
export const initSelection: OperationHandler = ({ world, route, body, now }) => {
  const input = readInput(world, route.operation, body)
  if (isRefusal(input)) return input
  const video = sourceVideo(world, input, now) ?? { id: "", url: "", durationSeconds: 5 }
  const session = world.sessions.open(world.ids.long(), "selection", video, now)
  return {
    status: 0,
    session_id: session.id,
    fps: framesPerSecond,
    original_duration: video.durationSeconds,
    width: 1280,
    height: 720,
    total_frame: framesPerSecond * video.durationSeconds,
    normalized_video: video.url
  }
}

interface OpenSession {
  readonly session: Session
  readonly input: Input
}

/** The session that a call refers to; it expires after 24 hours. */
const openSession = ({ world, route, body, now }: OperationRequest): OpenSession | Refusal => {
  const input = readInput(world, route.operation, body)
  if (isRefusal(input)) return input
  const session = world.sessions.find(input["sessionId"], "selection", now)
  return session === undefined
    ? refusal(1201, `session_id ${String(input["sessionId"])} not found`)
    : { session, input }
}

const selectionOf = ({ id, points }: Session, frame: number) => ({
  status: 0,
  session_id: id,
  res: {
    frame_index: frame,
    rle_mask_list: (points.get(frame) ?? []).length === 0 ? [] : [{ object_id: 0, rle_mask: mask }]
  }
})

type Points = ReadonlyArray<{ readonly x: number; readonly y: number }>

export const addSelection: OperationHandler = (request) => {
  const found = openSession(request)
  if (isRefusal(found)) return found
  const { session, input } = found
  const frame = Number(input["frameIndex"])
  if (!session.points.has(frame) && session.points.size >= maxFrames) {
    return refusal(1201, `a session accepts points on at most ${maxFrames} frames`)
  }
  session.points.set(frame, [...(session.points.get(frame) ?? []), ...(input["points"] as Points)])
  return selectionOf(session, frame)
}

/** Only points that were added can be removed. */
export const deleteSelection: OperationHandler = (request) => {
  const found = openSession(request)
  if (isRefusal(found)) return found
  const { session, input } = found
  const frame = Number(input["frameIndex"])
  const remaining = [...(session.points.get(frame) ?? [])]
  for (const { x, y } of input["points"] as Points) {
    const index = remaining.findIndex((point) => point.x === x && point.y === y)
    if (index < 0) return refusal(1201, `points: (${x}, ${y}) was not added on frame ${frame}`)
    remaining.splice(index, 1)
  }
  if (remaining.length === 0) session.points.delete(frame)
  else session.points.set(frame, remaining)
  return selectionOf(session, frame)
}

export const clearSelection: OperationHandler = (request) => {
  const found = openSession(request)
  if (isRefusal(found)) return found
  found.session.points.clear()
  return { status: 0, session_id: found.session.id }
}

export const previewSelection: OperationHandler = (request) => {
  const found = openSession(request)
  if (isRefusal(found)) return found
  const { id, video } = found.session
  return { status: 0, session_id: id, res: { video: video.url, video_cover: video.url, tracking_output: video.url } }
}
