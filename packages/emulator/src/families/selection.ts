import { isRefusal, type Refusal, refusal } from "../answers/envelope.ts"
import type { Input } from "../outputs/settings.ts"
import { sourceClip } from "../outputs/source-clip.ts"
import type { Answerer, Asked } from "../routes/asked.ts"
import { readInput } from "../routes/read-input.ts"
import type { Session } from "../world/sessions.ts"

const framesPerSecond = 24
const framesAtMost = 10
const mask = { size: [720, 1280], counts: "emulated" }

/** `POST /v1/videos/multi-elements/init-selection`: opens a clip for the editor; `status` 0 is good. */
export const initSelection: Answerer = ({ world, route, body, now }) => {
  const input = readInput(world, route.operation, body)
  if (isRefusal(input)) return input
  const video = sourceClip(world, input, now) ?? { id: "", url: "", durationSeconds: 5 }
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

interface Selecting {
  readonly session: Session
  readonly input: Input
}

/** The session that a call is about; it lives for 24 hours. */
const selecting = ({ world, route, body, now }: Asked): Selecting | Refusal => {
  const input = readInput(world, route.operation, body)
  if (isRefusal(input)) return input
  const session = world.sessions.find(input["sessionId"], "selection", now)
  return session === undefined
    ? refusal(1201, `session_id ${String(input["sessionId"])} not found`)
    : { session, input }
}

const selected = ({ id, points }: Session, frame: number) => ({
  status: 0,
  session_id: id,
  res: {
    frame_index: frame,
    rle_mask_list: (points.get(frame) ?? []).length === 0 ? [] : [{ object_id: 0, rle_mask: mask }]
  }
})

type Points = ReadonlyArray<{ readonly x: number; readonly y: number }>

export const addSelection: Answerer = (asked) => {
  const found = selecting(asked)
  if (isRefusal(found)) return found
  const { session, input } = found
  const frame = Number(input["frameIndex"])
  if (!session.points.has(frame) && session.points.size >= framesAtMost) {
    return refusal(1201, `a session takes points on at most ${framesAtMost} frames`)
  }
  session.points.set(frame, [...(session.points.get(frame) ?? []), ...(input["points"] as Points)])
  return selected(session, frame)
}

/** Only points that were added can be taken back. */
export const deleteSelection: Answerer = (asked) => {
  const found = selecting(asked)
  if (isRefusal(found)) return found
  const { session, input } = found
  const frame = Number(input["frameIndex"])
  const left = [...(session.points.get(frame) ?? [])]
  for (const { x, y } of input["points"] as Points) {
    const index = left.findIndex((point) => point.x === x && point.y === y)
    if (index < 0) return refusal(1201, `points: (${x}, ${y}) was not added on frame ${frame}`)
    left.splice(index, 1)
  }
  if (left.length === 0) session.points.delete(frame)
  else session.points.set(frame, left)
  return selected(session, frame)
}

export const clearSelection: Answerer = (asked) => {
  const found = selecting(asked)
  if (isRefusal(found)) return found
  found.session.points.clear()
  return { status: 0, session_id: found.session.id }
}

export const previewSelection: Answerer = (asked) => {
  const found = selecting(asked)
  if (isRefusal(found)) return found
  const { id, video } = found.session
  return { status: 0, session_id: id, res: { video: video.url, video_cover: video.url, tracking_output: video.url } }
}
