import type { Rule } from "../params/check-input.ts"
import { faceVideo } from "../media/media-rules.ts"

interface SpeakingFace {
  readonly audioId?: string
  readonly soundFile?: string
  readonly soundStartMs: number
  readonly soundEndMs: number
  readonly soundInsertMs: number
}

const shortestMs = 2000
const longestClipMs = (faceVideo.maxSeconds ?? Number.POSITIVE_INFINITY) * 1000

const faceRule = (
  name: string,
  check: (face: SpeakingFace) => string | undefined
): Rule<{ readonly faces: ReadonlyArray<SpeakingFace> }> => ({
  name,
  field: "faces",
  check: ({ faces }) => faces.map(check).find((message) => message !== undefined)
})

/** What can be told of the sound's place from the request alone; its real length and the face's times are Kling's. */
export const soundWindowRules = [
  faceRule("exactly-one-of-audio-id-and-sound-file", ({ audioId, soundFile }) =>
    (audioId === undefined) === (soundFile === undefined) ? "need either audioId or soundFile, and not both" : undefined
  ),
  faceRule("sound-lasts-two-seconds", ({ soundStartMs, soundEndMs }) =>
    soundEndMs - soundStartMs < shortestMs
      ? `speak for ${soundEndMs - soundStartMs} ms; at least ${shortestMs} are needed: set soundEndMs to ${soundStartMs + shortestMs} or more`
      : undefined
  ),
  faceRule("sound-ends-within-clip", ({ soundStartMs, soundEndMs, soundInsertMs }) => {
    const endMs = soundInsertMs + soundEndMs - soundStartMs
    return endMs > longestClipMs
      ? `speak until ${endMs} ms; no clip is longer than ${longestClipMs} ms: set soundInsertMs to ${Math.max(0, longestClipMs - soundEndMs + soundStartMs)} or less`
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

const neededWith = (mode: string, field: keyof OldLipSyncInput): Rule<OldLipSyncInput> => ({
  name: `${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-with-${mode}`,
  field,
  check: (input) => {
    if (input.mode === mode) return input[field] === undefined ? `is required with mode ${mode}` : undefined
    return input[field] === undefined ? undefined : `would be ignored with mode ${input.mode}; leave it out`
  }
})

const ignoredWithout = (mode: string, field: keyof OldLipSyncInput): Rule<OldLipSyncInput> => ({
  ...neededWith(mode, field),
  check: (input) =>
    input.mode !== mode && input[field] !== undefined
      ? `would be ignored with mode ${input.mode}; leave it out`
      : undefined
})

const soundOfType = (type: string, field: "audioFile" | "audioUrl"): Rule<OldLipSyncInput> => ({
  name: `${field === "audioFile" ? "audio-file" : "audio-url"}-with-type-${type}`,
  field,
  check: (input) => {
    if (input.mode !== "audio2video" || input.audioType === undefined) return undefined
    if (input.audioType === type) return input[field] === undefined ? `is required with audioType ${type}` : undefined
    return input[field] === undefined ? undefined : `would be ignored with audioType ${input.audioType}; leave it out`
  }
})

/** Each mode has its own fields; those of the other mode would be ignored. */
export const oldLipSyncRules: ReadonlyArray<Rule<OldLipSyncInput>> = [
  neededWith("text2video", "text"),
  neededWith("text2video", "voiceId"),
  ignoredWithout("text2video", "voiceLanguage"),
  ignoredWithout("text2video", "voiceSpeed"),
  neededWith("audio2video", "audioType"),
  soundOfType("file", "audioFile"),
  soundOfType("url", "audioUrl"),
  ignoredWithout("audio2video", "audioFile"),
  ignoredWithout("audio2video", "audioUrl")
]
