import { Data, Effect, Result } from "effect"
import { sanitizeText } from "../errors/sanitize-text.ts"
import { lipSyncAudio } from "../media/media-rules.ts"
import { isExactNumber } from "../wire/json.ts"
import type { TaskOutput } from "../wire/task.ts"

/** What a step has produced: the outputs of a task, or the answer of an operation without a task. */
export interface StepResult {
  readonly outputs: ReadonlyArray<TaskOutput>
  readonly answer?: unknown
}

/** A value that a step gets from an earlier one once that has succeeded. Plain data, so that any program can resume. */
export type StepReference =
  | { readonly output: "image" | "video" | "session"; readonly step: string }
  /** The face that is visible longest speaks the audio, for as long as both last. */
  | {
      readonly output: "speaking-face"
      readonly step: string
      readonly audio: { readonly step: string } | { readonly file: string; readonly seconds?: number }
      /** Its length: no speech extends past the end of the video. */
      readonly video: { readonly step: string } | { readonly seconds?: number }
    }

/**
 * A reference as stored. The format is part of the fingerprint by which a pipeline is found again: if it changed, a
 * pipeline that an earlier version has started would be paid a second time.
 */
interface StoredReference {
  readonly take: string
  readonly from: string
  readonly sound?: { readonly spokenBy: string } | { readonly file: string; readonly seconds?: number }
  readonly clip?: { readonly madeBy: string } | { readonly seconds?: number }
}

const storedKey = "$take"
const storedKinds: Readonly<Record<string, string>> = { image: "picture", video: "clip" }
const outputKinds: Readonly<Record<string, string>> = { picture: "image", clip: "video" }

const toStored = (reference: StepReference): StoredReference => {
  const { output, step } = reference
  const stored = { take: storedKinds[output] ?? output, from: step }
  if (output !== "speaking-face") return stored
  const { audio, video } = reference
  return {
    ...stored,
    sound: "step" in audio ? { spokenBy: audio.step } : audio,
    clip: "step" in video ? { madeBy: video.step } : video
  }
}

const fromStored = ({ take, from, sound, clip }: StoredReference): StepReference =>
  ({
    output: outputKinds[take] ?? take,
    step: from,
    ...(sound === undefined ? {} : { audio: "spokenBy" in sound ? { step: sound.spokenBy } : sound }),
    ...(clip === undefined ? {} : { video: "madeBy" in clip ? { step: clip.madeBy } : clip })
  }) as StepReference

/** A reference as a value inside an input. */
export const ref = (reference: StepReference): Readonly<Record<string, unknown>> => ({
  [storedKey]: toStored(reference)
})

type Lookup = (step: string) => StepResult

/** The input with every reference replaced by what `valueOfReference` returns for it. */
export const replaceReferences = (input: unknown, valueOfReference: (reference: StepReference) => unknown): unknown => {
  if (typeof input !== "object" || input === null || isExactNumber(input)) return input
  if (Array.isArray(input)) return input.map((item) => replaceReferences(item, valueOfReference))
  if (storedKey in input) return valueOfReference(fromStored(input[storedKey] as StoredReference))
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => [key, replaceReferences(value, valueOfReference)])
  )
}

/** The steps that an input refers to. */
export const dependsOn = (input: unknown): ReadonlyArray<string> => {
  const steps = new Set<string>()
  replaceReferences(input, (reference) => {
    steps.add(reference.step)
    if (reference.output === "speaking-face") {
      if ("step" in reference.audio) steps.add(reference.audio.step)
      if ("step" in reference.video) steps.add(reference.video.step)
    }
    return undefined
  })
  return [...steps]
}

/** Replaces a reference until its step has succeeded: valid wherever the real value will be. */
export const placeholderOf = ({ output }: StepReference): unknown => {
  switch (output) {
    case "image":
      return "https://example.com/image.png"
    case "video":
      return "https://example.com/video.mp4"
    case "session":
      return "1"
    case "speaking-face":
      return { faceId: "0", audioId: "1", soundStartMs: 0, soundEndMs: shortestMs, soundInsertMs: 0 }
  }
}

/** The value of a reference, or why there is none. */
export const valueOf = (reference: StepReference, results: Lookup): Result.Result<unknown, string> => {
  const { outputs, answer } = results(reference.step)
  switch (reference.output) {
    case "image":
    case "video": {
      const output = outputs.find(({ type }) => type === reference.output)
      return output?.type === "image" || output?.type === "video"
        ? Result.succeed(output.url)
        : Result.fail(`step ${reference.step} produced no ${reference.output}`)
    }
    case "session":
      return Result.succeed((answer as FaceAnswer).session_id)
    case "speaking-face":
      return speakingFace(reference, answer as FaceAnswer, results)
  }
}

/** A reference that has no value although its step has succeeded; `detail` says why. */
export class UnresolvedReference extends Data.TaggedError("UnresolvedReference")<{ readonly detail: string }> {
  override get message(): string {
    return this.detail
  }
}

/** The input with the values of all references. */
export const resolveReferences = (
  input: unknown,
  results: Lookup
): Effect.Effect<Readonly<Record<string, unknown>>, UnresolvedReference> => {
  const problems: Array<string> = []
  const values = replaceReferences(input, (reference) =>
    Result.match(valueOf(reference, results), {
      onSuccess: (value) => value,
      onFailure: (problem) => void problems.push(problem)
    })
  )
  const [problem] = problems
  return problem === undefined
    ? Effect.succeed(values as Readonly<Record<string, unknown>>)
    : Effect.fail(new UnresolvedReference({ detail: sanitizeText(problem) }))
}

interface FaceAnswer {
  readonly session_id?: unknown
  readonly face_data?: ReadonlyArray<{
    readonly face_id?: unknown
    readonly start_time?: unknown
    readonly end_time?: unknown
  }>
}

const shortestMs = lipSyncAudio.minSeconds * 1000
const longestMs = lipSyncAudio.maxSeconds * 1000

type SpeakingFace = Extract<StepReference, { readonly output: "speaking-face" }>

const speakingFace = (reference: SpeakingFace, answer: FaceAnswer, results: Lookup): Result.Result<unknown, string> => {
  const face = longestVisible(answer)
  if (face === undefined) return Result.fail("Kling found no face that is visible for 2 s in the video")
  const speech = audioOf(reference, results)
  if (typeof speech === "string") return Result.fail(speech)
  const { seconds, ...audio } = speech
  const videoSeconds = videoSecondsOf(reference, results)
  const audioMs = Math.min(longestMs, seconds === undefined ? face.endMs - face.startMs : seconds * 1000)
  const remainingMs = videoSeconds === undefined ? audioMs : videoSeconds * 1000 - face.startMs
  return Result.succeed({
    faceId: face.id,
    ...audio,
    soundStartMs: 0,
    soundEndMs: Math.floor(Math.min(audioMs, remainingMs)),
    soundInsertMs: face.startMs
  })
}

const videoSecondsOf = ({ video }: SpeakingFace, results: Lookup): number | undefined => {
  if (!("step" in video)) return video.seconds
  const output = results(video.step).outputs.find(({ type }) => type === "video")
  return output !== undefined && "durationSeconds" in output ? output.durationSeconds : undefined
}

/** The audio as Kling takes it, and its length; or why it cannot be spoken. */
const audioOf = (
  { audio }: SpeakingFace,
  results: Lookup
): string | ({ readonly seconds: number | undefined } & Readonly<Record<string, unknown>>) => {
  if ("file" in audio) return { soundFile: audio.file, seconds: audio.seconds }
  const speech = results(audio.step).outputs.find((output) => output.type === "audio")
  if (speech?.id === undefined) return "Kling returned the speech without an id"
  const seconds = speech.durationSeconds
  return seconds !== undefined && seconds * 1000 < shortestMs
    ? `the speech lasts ${seconds} s, but lip-sync needs at least ${lipSyncAudio.minSeconds} s: use a longer text`
    : { audioId: speech.id, seconds }
}

const longestVisible = ({ face_data: faces }: FaceAnswer) =>
  (faces ?? [])
    .map((face) => ({
      id: String(face.face_id),
      startMs: Math.ceil(Number(face.start_time ?? 0)),
      endMs: Math.floor(Number(face.end_time ?? longestMs))
    }))
    .filter(({ startMs, endMs }) => endMs - startMs >= shortestMs)
    .toSorted((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs))[0]
