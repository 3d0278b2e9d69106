import type { Problem } from "@klingkit/core"
import {
  type AnyRequest,
  createSoundtrack,
  createSpeech,
  extendVideo,
  generateImage,
  generateVideo,
  type PipelineStep,
  placeholderOf,
  planLipSync,
  planPipeline,
  planSpeech,
  readRequest,
  stepFromPlan,
  type StepReference
} from "@klingkit/core/requests"
import { Effect } from "effect"
import { usageError } from "../../output/failure.ts"
import { fieldsOf, lineField, problemsOf, scalarText } from "../batch/plan-line.ts"
import type { Manifest, RawLine } from "../batch/read-manifest.ts"
import { planContext, planOneTask } from "../plan-given.ts"

const kinds = ["image", "video", "speech", "sound"] as const
type Kind = (typeof kinds)[number]

const ownFields = ["id", "kind", "from", "alongside"]

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
  const { from } = raw
  const source = earlier.get(scalarText(from, ""))
  if (from !== undefined && source === undefined) return yield* refuse("from", "must name an earlier step")
  const step = String(from)
  if (kind === "image") {
    if (source !== undefined) return yield* refuse("from", "cannot be used with an image step")
    return [yield* requestStep(id, generateImage, raw)]
  }
  if (kind === "video") {
    if (source === undefined) return [yield* requestStep(id, generateVideo, raw)]
    return source.kind === "image"
      ? [yield* requestStep(id, generateVideo, raw, { output: "image", step })]
      : [yield* requestStep(id, extendVideo, raw, { output: "video", step })]
  }
  if (source === undefined || source.kind === "image")
    return yield* refuse("from", "must name an earlier step that makes a video")
  return kind === "sound"
    ? [yield* requestStep(id, createSoundtrack, raw, { output: "video", step })]
    : yield* speechSteps(id, raw, { step, seconds: source.durationSeconds })
})

type PlanNeeds = Effect.Services<ReturnType<typeof requestStep>>

/** A request as a step; what an earlier step makes goes into the request's source field. */
const requestStep = Effect.fnUntraced(function* (
  id: string,
  request: AnyRequest,
  raw: RawLine,
  reference?: StepReference
) {
  const { source } = request
  const filled = reference === undefined || source === undefined ? {} : { [source]: placeholderOf(reference) }
  const plan = yield* Effect.mapError(
    planOneTask(request, { ...fieldsOf(raw, ownFields), ...filled }, lineField),
    problemsOf
  )
  return stepFromPlan(id, plan, reference === undefined ? [] : [reference])
})

const speechFields = ["text", "voice", "speed", "language"]

/** Lip-sync of the earlier video: its own two or three steps, named after this one. */
const speechSteps = Effect.fnUntraced(function* (
  id: string,
  raw: RawLine,
  video: { readonly step: string; readonly seconds: number | undefined }
) {
  const given = fieldsOf(raw, ownFields)
  const unknown = Object.keys(given).find((name) => !speechFields.includes(name))
  if (unknown !== undefined)
    return yield* refuse(unknown, `is not a known field of a speech step; known fields: ${speechFields.join(", ")}`)
  const text = scalarText(given["text"], "")
  if (text.trim() === "") return yield* refuse("text", "is required: the text to speak")
  return yield* Effect.gen(function* () {
    const speech = yield* readRequest(createSpeech, { ...given, text }, lineField).pipe(
      Effect.flatMap(({ input }) => Effect.flatMap(planContext, (context) => planSpeech(input, context)))
    )
    return yield* planLipSync({ id, video: { step: video.step }, videoSeconds: video.seconds, speech })
  }).pipe(Effect.mapError(problemsOf))
})
