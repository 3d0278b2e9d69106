import { operations, planOperation, planVideo, type Problem } from "@klingkit/core"
import {
  type PipelineStep,
  planPipeline,
  planLipSync,
  planStep,
  placeholderOf,
  stepFromPlan,
  ref,
  type StepReference
} from "@klingkit/jobs"
import { Effect } from "effect"
import { credentialKind } from "../../connection.ts"
import { usageError } from "../../output/failure.ts"
import { planRawLine, problemsOf, scalarText } from "../batch/plan-line.ts"
import type { Manifest, RawLine } from "../batch/read-manifest.ts"

const kinds = ["image", "video", "speech", "sound"] as const
type Kind = (typeof kinds)[number]

const ownFields = ["id", "kind", "prompt", "from", "alongside"]

/** The fields of a step that works on a video, beside its id and its source. */
const fieldsFromVideo = {
  "next shot": ["prompt", "resolution", "duration", "model"],
  speech: ["text", "voice"],
  sound: ["prompt", "music"]
} as const

interface EarlierStep {
  readonly kind: Kind
  readonly durationSeconds: number | undefined
}

/** The pipeline that a file of steps describes; sends nothing. Problems name their step. */
export const planSteps = Effect.fnUntraced(function* ({ name, lines }: Manifest) {
  const earlier = new Map<string, EarlierStep>()
  const steps: Array<PipelineStep> = []
  for (const [index, raw] of lines.entries()) {
    const id = scalarText(raw["id"], `step-${index + 1}`)
    const kind = kinds.find((candidate) => candidate === (raw["kind"] ?? "video"))
    const stepError = (problems: ReadonlyArray<Problem>) =>
      usageError(problems.map(({ field, message }) => ({ field: `step ${id}: ${field}`, message })))
    if (kind === undefined) return yield* stepError([{ field: "kind", message: `must be ${kinds.join(", ")}` }])
    const planned = yield* Effect.mapError(stepsOf(id, kind, raw, earlier), stepError)
    const isParallel = String(raw["alongside"]) === "true"
    steps.push(...planned.map((step) => (isParallel ? { ...step, parallel: true } : step)))
    const source = earlier.get(String(raw["from"]))
    earlier.set(id, { kind, durationSeconds: kind === "video" ? secondsOf(planned) : source?.durationSeconds })
  }
  return yield* planPipeline(name, steps)
})

/** A video lasts 5 s by default; what is made from a video lasts as long as that video. */
const secondsOf = ([step]: ReadonlyArray<PipelineStep>): number =>
  Number(scalarText(step?.plan.input["durationSeconds"] ?? step?.plan.input["duration"], "5"))

const refuse = (field: string, message: string) => Effect.fail<ReadonlyArray<Problem>>([{ field, message }])

const stepsOf = Effect.fnUntraced(function* (
  id: string,
  kind: Kind,
  raw: RawLine,
  earlier: ReadonlyMap<string, EarlierStep>
): Effect.fn.Return<ReadonlyArray<PipelineStep>, ReadonlyArray<Problem>, PlanNeeds> {
  const { from, text, voice, prompt, music } = raw
  const source = earlier.get(scalarText(from, ""))
  if (from !== undefined && source === undefined) return yield* refuse("from", "must name an earlier step")
  const step = String(from)
  if (kind === "image") {
    if (source !== undefined) return yield* refuse("from", "cannot be used with an image step")
    return [{ id, plan: yield* planRawLine("image", raw, ownFields) }]
  }
  if (kind === "video") {
    if (source === undefined) return [{ id, plan: yield* planRawLine("video", raw, ownFields) }]
    return [yield* source.kind === "image" ? fromImage(id, raw, step) : nextShot(id, raw, step)]
  }
  if (source === undefined || source.kind === "image")
    return yield* refuse("from", "must name an earlier step that makes a video")
  yield* refuseUnknownFields(kind, raw)
  if (kind === "sound") {
    const input = { videoUrl: ref({ output: "video", step }), soundEffectPrompt: prompt, musicPrompt: music }
    const fields = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
    return [yield* Effect.mapError(planStep(id, operations["legacy.video-to-audio"], fields), problemsOf)]
  }
  const speechText = scalarText(text, "")
  if (speechText.trim() === "") return yield* refuse("text", "is required: the text to speak")
  const speech = yield* planOperation(operations["legacy.tts"], {
    text: speechText,
    voiceId: scalarText(voice, "oversea_male1"),
    voiceLanguage: /\p{Script=Han}/u.test(speechText) ? "zh" : "en"
  }).pipe(Effect.mapError(problemsOf))
  const request = { id, video: { step }, videoSeconds: source.durationSeconds, speech }
  return yield* Effect.mapError(planLipSync(request), problemsOf)
})

type PlanNeeds = Effect.Services<ReturnType<typeof planRawLine>>

/** Refuses a field that the step would ignore; `null` counts as not set. */
const refuseUnknownFields = (what: keyof typeof fieldsFromVideo, raw: RawLine) => {
  const known: ReadonlyArray<string> = ["id", "kind", "from", "alongside", ...fieldsFromVideo[what]]
  const unknown = Object.keys(raw).find((name) => raw[name] !== null && !known.includes(name))
  return unknown === undefined
    ? Effect.void
    : refuse(unknown, `is not a known field of a ${what} step; known fields: ${fieldsFromVideo[what].join(", ")}`)
}

/** The image is the first frame of the video. */
const fromImage = Effect.fnUntraced(function* (id: string, raw: RawLine, step: string) {
  const image: StepReference = { output: "image", step }
  const plan = yield* planRawLine("video", { ...raw, image: placeholderOf(image) }, ownFields)
  return stepFromPlan(id, plan, [image])
})

/** A new video that continues style, subjects and motion of the earlier one; its settings are those of any video. */
const nextShot = Effect.fnUntraced(function* (id: string, raw: RawLine, step: string) {
  const video: StepReference = { output: "video", step }
  yield* refuseUnknownFields("next shot", raw)
  const { prompt, resolution, duration } = raw
  const plan = yield* planVideo(
    {
      prompt: `The shot that follows @video_1: ${scalarText(prompt, "")}`,
      referenceVideo: String(placeholderOf(video)),
      model: scalarText(raw["model"], "kling-3.0-omni"),
      ...(resolution === undefined ? {} : { resolution: scalarText(resolution, "") }),
      ...(duration === undefined ? {} : { durationSeconds: Number(scalarText(duration, "").replace(/s$/, "")) })
    },
    yield* credentialKind
  ).pipe(Effect.mapError(problemsOf))
  return stepFromPlan(id, plan, [video])
})
