import {
  lipSyncOf,
  lipSyncRate,
  type OutputOfId,
  operations,
  type Plan,
  planOperation,
  taskFrom,
  untrustedText
} from "@klingkit/core"
import { type Job, jobError, Jobs } from "@klingkit/jobs"
import { Effect, Option } from "effect"
import type { ToolFailure } from "./tool.ts"

const lipSync = operations["legacy.advanced-lip-sync"]

/** What is to be spoken: a sound as Kling takes it, or text that becomes one first. */
export type Speech = { readonly sound: string; readonly seconds: number | undefined } | { readonly text: Plan }

/** One wish of a person that takes two or three paid steps. */
export interface LipSyncWish {
  /** The whole of it, as it is quoted and approved; what makes it the same wish again. */
  readonly whole: Plan
  readonly faces: Plan
  readonly speech: Speech
  readonly clipSeconds: number | undefined
}

/** What Kling asks for the last step; nothing exact as long as the clip's length is not known. */
export const lipSyncQuote = (clipSeconds: number | undefined) =>
  clipSeconds === undefined ? lipSyncRate : lipSyncOf(clipSeconds)

const shortestMs = 2000
const longestMs = 60_000

/** Speech, faces, lip-sync: each is paid once, and a step that fails says what the ones before it took. */
export const runLipSync = Effect.fnUntraced(function* (
  { whole, faces, speech, clipSeconds }: LipSyncWish,
  allowRepeat: boolean
): Effect.fn.Return<Job, ToolFailure, Jobs> {
  const jobs = yield* Jobs
  // The gate has let the whole pass; the steps are told apart from another wish's by it.
  const asPart = { sameAs: whole.input, isApproved: true, allowRepeat }
  const spoken = "text" in speech ? yield* speak(yield* jobs.call(speech.text, asPart)) : speech
  const afterSpeech = "text" in speech ? [speech.text] : []
  const found = (yield* afterPaying(afterSpeech, jobs.call(faces, asPart))) as OutputOfId<"legacy.identify-face">
  const paid = [...afterSpeech, faces]
  const face = longestSeen(found)
  if (face === undefined) {
    return yield* stepFailed(paid, "Kling found no face in the clip that is seen for 2 s")
  }
  const soundMs = Math.min(longestMs, spoken.seconds === undefined ? face.endMs - face.startMs : spoken.seconds * 1000)
  const plan = yield* afterPaying(
    paid,
    planOperation(lipSync, {
      sessionId: found.session_id,
      faces: [
        {
          faceId: face.id,
          ...("audioId" in spoken ? { audioId: spoken.audioId } : { soundFile: spoken.sound }),
          soundStartMs: 0,
          soundEndMs: Math.floor(
            Math.min(soundMs, clipSeconds === undefined ? soundMs : clipSeconds * 1000 - face.startMs)
          ),
          soundInsertMs: face.startMs
        }
      ]
    })
  )
  const submitted = { ...plan, quote: lipSyncQuote(clipSeconds) }
  return yield* afterPaying(paid, jobs.submit(submitted, { ...asPart, answerWithinSeconds: 1.5 }))
})

const speak = Effect.fnUntraced(function* (answer: unknown) {
  const sound = Option.getOrUndefined(taskFrom(answer))?.outputs.find((output) => output.type === "audio")
  if (sound?.id === undefined) {
    return yield* jobError({ _tag: "StepFailed", detail: "Kling's speech came without an id", paid: "text to speech" })
  }
  const seconds = sound.durationSeconds
  if (seconds !== undefined && seconds * 1000 < shortestMs) {
    const detail = `the speech lasts ${seconds} s; lip-sync needs 2 s or more, so a longer text`
    return yield* jobError({ _tag: "StepFailed", detail, paid: "text to speech" })
  }
  return { audioId: sound.id, seconds }
})

const longestSeen = ({ face_data }: OutputOfId<"legacy.identify-face">) =>
  (face_data ?? [])
    .map((face) => ({
      id: String(face.face_id),
      startMs: Math.ceil(Number(face.start_time ?? 0)),
      endMs: Math.floor(Number(face.end_time ?? longestMs))
    }))
    .filter(({ startMs, endMs }) => endMs - startMs >= shortestMs)
    .toSorted((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs))[0]

const stepFailed = (paid: ReadonlyArray<Plan>, detail: string) =>
  jobError({
    _tag: "StepFailed",
    detail: untrustedText(detail),
    paid: paid.map(({ quote, operation }) => `${quote.units ?? 0} video units (${operation.id})`).join(" and ")
  })

const afterPaying = <A, R>(paid: ReadonlyArray<Plan>, step: Effect.Effect<A, ToolFailure, R>) =>
  paid.length === 0 ? step : Effect.mapError(step, (error) => stepFailed(paid, error.message))
