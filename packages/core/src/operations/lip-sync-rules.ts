import type { Rule } from "../params/check-input.ts"
import { faceVideo, lipSyncAudio } from "../media/media-rules.ts"

interface SpeakingFace {
  readonly audioId?: string
  readonly soundFile?: string
  readonly soundStartMs: number
  readonly soundEndMs: number
  readonly soundInsertMs: number
}

const minAudioMs = lipSyncAudio.minSeconds * 1000
const maxVideoMs = faceVideo.maxSeconds * 1000

const faceRule = (
  name: string,
  check: (face: SpeakingFace) => string | undefined
): Rule<{ readonly faces: ReadonlyArray<SpeakingFace> }> => ({
  name,
  field: "faces",
  check: ({ faces }) => faces.map(check).find((message) => message !== undefined)
})

/** What the request alone shows of the audio window; only Kling knows the length of the audio and the times of the face. */
export const audioWindowRules = [
  faceRule("exactly-one-of-audio-id-and-sound-file", ({ audioId, soundFile }) =>
    (audioId === undefined) === (soundFile === undefined)
      ? "require either {audioId} or {soundFile}, not both"
      : undefined
  ),
  faceRule("audio-lasts-two-seconds", ({ soundStartMs, soundEndMs }) =>
    soundEndMs - soundStartMs < minAudioMs
      ? `speak for ${soundEndMs - soundStartMs} ms; at least ${minAudioMs} are required: set {soundEndMs} to ${soundStartMs + minAudioMs} or more`
      : undefined
  ),
  faceRule("audio-ends-within-video", ({ soundStartMs, soundEndMs, soundInsertMs }) => {
    const endMs = soundInsertMs + soundEndMs - soundStartMs
    return endMs > maxVideoMs
      ? `speak until ${endMs} ms; a video lasts at most ${maxVideoMs} ms: set {soundInsertMs} to ${Math.max(0, maxVideoMs - soundEndMs + soundStartMs)} or less`
      : undefined
  })
]

interface OldLipSyncInput {
  readonly mode: string
  readonly text?: string
  readonly voiceId?: string
  readonly voiceLanguage?: string
  readonly voiceSpeed?: number
  readonly audioType?: string
  readonly audioFile?: string
  readonly audioUrl?: string
}

const requiredWith = (mode: string, field: keyof OldLipSyncInput): Rule<OldLipSyncInput> => ({
  name: `${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-with-${mode}`,
  field,
  check: (input) => {
    if (input.mode === mode) return input[field] === undefined ? `is required with mode ${mode}` : undefined
    return input[field] === undefined ? undefined : `would be ignored with mode ${input.mode}; omit it`
  }
})

const ignoredWithout = (mode: string, field: keyof OldLipSyncInput): Rule<OldLipSyncInput> => ({
  ...requiredWith(mode, field),
  check: (input) =>
    input.mode !== mode && input[field] !== undefined ? `would be ignored with mode ${input.mode}; omit it` : undefined
})

const audioOfType = (type: string, field: "audioFile" | "audioUrl"): Rule<OldLipSyncInput> => ({
  name: `${field === "audioFile" ? "audio-file" : "audio-url"}-with-type-${type}`,
  field,
  check: (input) => {
    if (input.mode !== "audio2video" || input.audioType === undefined) return undefined
    if (input.audioType === type) return input[field] === undefined ? `is required with {audioType} ${type}` : undefined
    return input[field] === undefined ? undefined : `would be ignored with {audioType} ${input.audioType}; omit it`
  }
})

/** Each mode has its own fields; Kling would ignore those of the other mode. */
export const oldLipSyncRules: ReadonlyArray<Rule<OldLipSyncInput>> = [
  requiredWith("text2video", "text"),
  requiredWith("text2video", "voiceId"),
  ignoredWithout("text2video", "voiceLanguage"),
  ignoredWithout("text2video", "voiceSpeed"),
  requiredWith("audio2video", "audioType"),
  audioOfType("file", "audioFile"),
  audioOfType("url", "audioUrl"),
  ignoredWithout("audio2video", "audioFile"),
  ignoredWithout("audio2video", "audioUrl")
]
