import type { ParentVideo } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"
import type { Input } from "./settings.ts"
import { secondsOfSound } from "./sound-seconds.ts"

const usualSeconds = 5

/** The clip that a request starts from, by id, by URL or by session; nothing when it starts from none. */
export const sourceClip = (world: WorldState, input: Input, now: number): ParentVideo | undefined => {
  const session =
    world.sessions.find(input["sessionId"], "faces", now) ?? world.sessions.find(input["sessionId"], "selection", now)
  if (session !== undefined) return session.video
  const { videoId } = input
  if (typeof videoId === "string") return clipById(world, videoId, now)
  const url = input["videoUrl"] ?? input["video"] ?? clipIn(input["baseVideo"]) ?? baseClip(input["videos"])
  return typeof url === "string" ? clipByUrl(world, url) : undefined
}

const clipById = (world: WorldState, id: string, now: number): ParentVideo => {
  const found = world.tasks.output(id, "video", now)
  return found === undefined
    ? { id, url: "", durationSeconds: usualSeconds }
    : { id, url: `${world.baseUrl}${found.output.file.path}`, durationSeconds: found.output.durationSeconds }
}

/** The length is known for the emulator's own files; nobody fetches others. */
const clipByUrl = (world: WorldState, url: string): ParentVideo => {
  const path = url.startsWith(world.baseUrl) ? url.slice(world.baseUrl.length) : ""
  const media = world.tasks.file(path)?.file.media
  return { id: "", url, durationSeconds: media?.kind === "video" ? media.durationSeconds : usualSeconds }
}

const clipIn = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "video" in value ? value.video : undefined

/** Of the legacy omni list, only a clip to be edited gives its length. */
const baseClip = (videos: unknown): unknown => {
  const first: unknown = Array.isArray(videos) ? videos[0] : undefined
  const isFeature = typeof first === "object" && first !== null && "referType" in first && first.referType === "feature"
  return isFeature ? undefined : clipIn(first)
}

/** How long the sound is that an avatar speaks: known when it was sent along, and for sounds that the emulator made. */
export const soundSeconds = (world: WorldState, input: Input, now: number): number | undefined => {
  const { audioId, soundFile } = input
  if (audioId === undefined && soundFile === undefined) return undefined
  const made = world.tasks.output(audioId, "audio", now)?.output.durationSeconds
  return made ?? (typeof soundFile === "string" ? givenSeconds(world, soundFile) : undefined) ?? usualSeconds
}

const givenSeconds = (world: WorldState, sound: string): number | undefined => {
  if (!/^https?:/i.test(sound)) return secondsOfSound(sound)
  const path = sound.startsWith(world.baseUrl) ? sound.slice(world.baseUrl.length) : ""
  const media = world.tasks.file(path)?.file.media
  return media?.kind === "audio" ? media.durationSeconds : undefined
}
