import type { ParentVideo } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"
import type { Input } from "./settings.ts"
import { audioDuration } from "./audio-duration.ts"

const defaultSeconds = 5

/** The source video of a request, by id, URL or session; nothing when it has none. */
export const sourceVideo = (world: WorldState, input: Input, now: number): ParentVideo | undefined => {
  const session =
    world.sessions.find(input["sessionId"], "faces", now) ?? world.sessions.find(input["sessionId"], "selection", now)
  if (session !== undefined) return session.video
  const { videoId } = input
  if (typeof videoId === "string") return videoById(world, videoId, now)
  const url = input["videoUrl"] ?? input["video"] ?? videoIn(input["baseVideo"]) ?? videoToEdit(input["videos"])
  return typeof url === "string" ? videoByUrl(world, url) : undefined
}

const videoById = (world: WorldState, id: string, now: number): ParentVideo => {
  const found = world.tasks.output(id, "video", now)
  return found === undefined
    ? { id, url: "", durationSeconds: defaultSeconds }
    : { id, url: `${world.baseUrl}${found.output.file.path}`, durationSeconds: found.output.durationSeconds }
}

/** The length is known for the emulator's own files; others are not fetched. */
const videoByUrl = (world: WorldState, url: string): ParentVideo => {
  const path = url.startsWith(world.baseUrl) ? url.slice(world.baseUrl.length) : ""
  const media = world.tasks.file(path)?.file.media
  return { id: "", url, durationSeconds: media?.kind === "video" ? media.durationSeconds : defaultSeconds }
}

const videoIn = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "video" in value ? value.video : undefined

/** In the legacy omni list, only a video to edit determines the length. */
const videoToEdit = (videos: unknown): unknown => {
  const first: unknown = Array.isArray(videos) ? videos[0] : undefined
  const isFeature = typeof first === "object" && first !== null && "referType" in first && first.referType === "feature"
  return isFeature ? undefined : videoIn(first)
}

/** The length of the source audio, such as an avatar's speech: known for inline audio and for the emulator's own files. */
export const sourceAudioSeconds = (world: WorldState, input: Input, now: number): number | undefined => {
  const { audioId, soundFile } = input
  if (audioId === undefined && soundFile === undefined) return undefined
  const known = world.tasks.output(audioId, "audio", now)?.output.durationSeconds
  return known ?? (typeof soundFile === "string" ? audioFileSeconds(world, soundFile) : undefined) ?? defaultSeconds
}

const audioFileSeconds = (world: WorldState, audio: string): number | undefined => {
  if (!/^https?:/i.test(audio)) return audioDuration(audio)
  const path = audio.startsWith(world.baseUrl) ? audio.slice(world.baseUrl.length) : ""
  const media = world.tasks.file(path)?.file.media
  return media?.kind === "audio" ? media.durationSeconds : undefined
}
