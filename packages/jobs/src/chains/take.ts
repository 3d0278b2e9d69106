import { type TaskOutput, untrustedText } from "@klingkit/core"
import { Effect, Result } from "effect"

/** What a step has made: results of a task, or the answer of an operation that has none. */
export interface StepResult {
  readonly outputs: ReadonlyArray<TaskOutput>
  readonly answer?: unknown
}

/** A value that a step takes from an earlier one once that is done. As plain data, so that any program can go on. */
export type Take =
  | { readonly take: "picture" | "clip" | "session"; readonly from: string }
  /** The face that is seen longest speaks a sound, for as long as both last. */
  | {
      readonly take: "speaking-face"
      readonly from: string
      readonly sound: { readonly spokenBy: string } | { readonly file: string; readonly seconds?: number }
      /** Its length: nothing is spoken past the clip's end. */
      readonly clip: { readonly seconds?: number } | { readonly madeBy: string }
    }

const mark = "$take"

/** A take in its place inside an input. */
export const taken = (take: Take): Readonly<Record<string, unknown>> => ({ [mark]: take })

type Lookup = (step: string) => StepResult

/** The input with every take replaced by what `found` gives for it. */
export const withTakes = (input: unknown, found: (take: Take) => unknown): unknown => {
  // A number kept as its digits looks like an object to everything but the JSON writer.
  if (typeof input !== "object" || input === null || Object.isFrozen(input)) return input
  if (Array.isArray(input)) return input.map((one) => withTakes(one, found))
  if (mark in input) return found(input[mark] as Take)
  return Object.fromEntries(Object.entries(input).map(([key, one]) => [key, withTakes(one, found)]))
}

/** The steps that an input takes from. */
export const takesFrom = (input: unknown): ReadonlyArray<string> => {
  const steps = new Set<string>()
  withTakes(input, (take) => {
    steps.add(take.from)
    if (take.take === "speaking-face") {
      if ("spokenBy" in take.sound) steps.add(take.sound.spokenBy)
      if ("madeBy" in take.clip) steps.add(take.clip.madeBy)
    }
    return undefined
  })
  return [...steps]
}

/** Stands for a take as long as there is nothing to take: legal wherever the real value will be. */
export const sampleOf = (take: Take): unknown => {
  switch (take.take) {
    case "picture":
      return "https://example.com/picture.png"
    case "clip":
      return "https://example.com/clip.mp4"
    case "session":
      return "1"
    case "speaking-face":
      return { faceId: "0", audioId: "1", soundStartMs: 0, soundEndMs: shortestMs, soundInsertMs: 0 }
  }
}

/** What is taken, or why it cannot be. */
export const valueOf = (take: Take, results: Lookup): Result.Result<unknown, string> => {
  const { outputs, answer } = results(take.from)
  const missing = (what: string) => Result.fail(`step ${take.from} made no ${what}`)
  switch (take.take) {
    case "picture":
    case "clip": {
      const type = take.take === "picture" ? "image" : "video"
      const made = outputs.find((output) => output.type === type)
      return made?.type === "image" || made?.type === "video" ? Result.succeed(made.url) : missing(take.take)
    }
    case "session":
      return Result.succeed((answer as FaceAnswer).session_id)
    case "speaking-face":
      return speakingFace(take, answer as FaceAnswer, results)
  }
}

/** An input whose takes are all there. */
export const resolved = (input: unknown, results: Lookup): Effect.Effect<Readonly<Record<string, unknown>>, string> => {
  const problems: Array<string> = []
  const values = withTakes(input, (take) =>
    Result.match(valueOf(take, results), {
      onSuccess: (value) => value,
      onFailure: (problem) => void problems.push(problem)
    })
  )
  const [problem] = problems
  return problem === undefined
    ? Effect.succeed(values as Readonly<Record<string, unknown>>)
    : Effect.fail(untrustedText(problem))
}

interface FaceAnswer {
  readonly session_id?: unknown
  readonly face_data?: ReadonlyArray<{
    readonly face_id?: unknown
    readonly start_time?: unknown
    readonly end_time?: unknown
  }>
}

const shortestMs = 2000
const longestMs = 60_000

type SpeakingFace = Extract<Take, { readonly take: "speaking-face" }>

const speakingFace = (take: SpeakingFace, answer: FaceAnswer, results: Lookup): Result.Result<unknown, string> => {
  const face = longestSeen(answer)
  if (face === undefined) return Result.fail("Kling found no face in the clip that is seen for 2 s")
  const spoken = soundOf(take, results)
  if (typeof spoken === "string") return Result.fail(spoken)
  const { seconds, ...sound } = spoken
  const clip =
    "madeBy" in take.clip ? results(take.clip.madeBy).outputs.find(({ type }) => type === "video") : take.clip
  const clipSeconds = clip !== undefined && "durationSeconds" in clip ? clip.durationSeconds : secondsIn(clip)
  const soundMs = Math.min(longestMs, seconds === undefined ? face.endMs - face.startMs : seconds * 1000)
  const leftMs = clipSeconds === undefined ? soundMs : clipSeconds * 1000 - face.startMs
  return Result.succeed({
    faceId: face.id,
    ...sound,
    soundStartMs: 0,
    soundEndMs: Math.floor(Math.min(soundMs, leftMs)),
    soundInsertMs: face.startMs
  })
}

const secondsIn = (clip: object | undefined): number | undefined =>
  clip !== undefined && "seconds" in clip ? (clip.seconds as number | undefined) : undefined

/** The sound as Kling takes it, and its length; or why it cannot be spoken. */
const soundOf = (
  { sound }: SpeakingFace,
  results: Lookup
): string | ({ readonly seconds: number | undefined } & Readonly<Record<string, unknown>>) => {
  if ("file" in sound) return { soundFile: sound.file, seconds: sound.seconds }
  const speech = results(sound.spokenBy).outputs.find((output) => output.type === "audio")
  if (speech?.id === undefined) return "Kling's speech came without an id"
  const seconds = speech.durationSeconds
  return seconds !== undefined && seconds * 1000 < shortestMs
    ? `the speech lasts ${seconds} s; lip-sync needs 2 s or more, so a longer text`
    : { audioId: speech.id, seconds }
}

const longestSeen = ({ face_data: faces }: FaceAnswer) =>
  (faces ?? [])
    .map((face) => ({
      id: String(face.face_id),
      startMs: Math.ceil(Number(face.start_time ?? 0)),
      endMs: Math.floor(Number(face.end_time ?? longestMs))
    }))
    .filter(({ startMs, endMs }) => endMs - startMs >= shortestMs)
    .toSorted((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs))[0]
