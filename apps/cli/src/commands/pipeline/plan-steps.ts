import {
  type AnyRequest,
  createLipsync,
  createSoundtrack,
  createSpeech,
  extendVideo,
  generateImage,
  generateVideo,
  isPipeline,
  madeMedia,
  type PipelineStep,
  placeholderOf,
  planLipSync,
  planPipeline,
  requests,
  stepFromPlan,
  type StepReference,
  toPlan,
  viewOfField
} from "@klingkit/core/requests"
import { Effect } from "effect"
import { usageError } from "../../output/failure.ts"
import { type LineError, lineError, lineErrorOf, problemsAt } from "../batch/line-error.ts"
import { fieldsOf, lineField, scalarText } from "../batch/plan-line.ts"
import type { Manifest, RawLine } from "../batch/read-manifest.ts"
import { planGiven, planOneTask } from "../plan-given.ts"

const shortKinds = ["image", "video", "speech", "sound"] as const
type ShortKind = (typeof shortKinds)[number]

/** What a step can be by its command: what makes a video, an image or audio as one task. */
const stepRequests: ReadonlyArray<AnyRequest> = requests.filter(
  (request) => ["video", "image", "audio"].includes(request.result) && request !== createLipsync
)

/** The kind by which a step makes a request; undefined where it cannot be a step. */
export const stepKindOf = (request: AnyRequest): string | undefined =>
  request === createLipsync ? "speech" : stepRequests.find((one) => one === request)?.command

const findKind = (kind: unknown): ShortKind | AnyRequest | undefined =>
  shortKinds.find((name) => name === kind) ?? stepRequests.find(({ id, command }) => id === kind || command === kind)

const ownFields = ["id", "kind", "from", "alongside", "take"]

interface EarlierStep {
  readonly makes: "image" | "video" | "audio"
  readonly durationSeconds: number | undefined
}

const madeBy = (kind: ShortKind | AnyRequest): EarlierStep["makes"] => {
  if (typeof kind === "string") return kind === "image" ? "image" : "video"
  return madeMedia(kind)[0] ?? "video"
}

/** The pipeline that a file of steps describes; sends nothing. Problems name their step. */
export const planSteps = Effect.fnUntraced(function* ({ name, lines }: Manifest) {
  const earlier = new Map<string, EarlierStep>()
  const steps: Array<PipelineStep> = []
  for (const [index, raw] of lines.entries()) {
    const id = scalarText(raw["id"], `step-${index + 1}`)
    const kind = findKind(raw["kind"] ?? "video")
    const stepError = (error: LineError) => usageError(problemsAt(`step ${id}`, error))
    if (kind === undefined) {
      const kinds = [...shortKinds, ...stepRequests.map(({ command }) => command)]
      return yield* stepError(lineError("kind", `must be ${kinds.join(", ")}`))
    }
    const planned = yield* Effect.mapError(stepsOf(id, kind, raw, earlier), stepError)
    const isParallel = String(raw["alongside"]) === "true"
    const take = yield* Effect.mapError(takeOf(raw), stepError)
    steps.push(...planned.map((step) => ({ ...step, ...take, ...(isParallel ? { parallel: true } : {}) })))
    const source = earlier.get(String(raw["from"]))
    const durationSeconds = choosesLength(kind) ? secondsOf(planned) : source?.durationSeconds
    earlier.set(id, { makes: madeBy(kind), durationSeconds })
  }
  return yield* planPipeline(name, steps)
})

/** Which of several results of the same step. */
const takeOf = ({ take }: RawLine): Effect.Effect<{ readonly take?: number }, LineError> => {
  if (take === undefined || take === null) return Effect.succeed({})
  const number = Number(scalarText(take, ""))
  return Number.isInteger(number) && number >= 1
    ? Effect.succeed(number === 1 ? {} : { take: number })
    : Effect.fail(lineError("take", "must be an integer, 1 or more"))
}

const choosesLength = (kind: ShortKind | AnyRequest): boolean =>
  typeof kind === "string" ? kind === "video" : kind.result === "video" && "durationSeconds" in kind.input.shape

/** A video lasts 5 s by default; what is made from a video lasts as long as that video. */
const secondsOf = ([step]: ReadonlyArray<PipelineStep>): number =>
  Number(scalarText(step?.plan.input["durationSeconds"] ?? step?.plan.input["duration"], "5"))

const stepsOf = Effect.fnUntraced(function* (
  id: string,
  kind: ShortKind | AnyRequest,
  raw: RawLine,
  earlier: ReadonlyMap<string, EarlierStep>
): Effect.fn.Return<ReadonlyArray<PipelineStep>, LineError, PlanNeeds> {
  const { from } = raw
  const source = earlier.get(scalarText(from, ""))
  if (from !== undefined && source === undefined) return yield* lineError("from", "must name an earlier step")
  const step = String(from)
  if (typeof kind !== "string")
    return [yield* commandStep(id, kind, raw, source === undefined ? undefined : { step, ...source })]
  if (kind === "image") {
    if (source !== undefined) return yield* lineError("from", "cannot be used with an image step")
    return [yield* requestStep(id, generateImage, raw)]
  }
  if (kind === "video") {
    if (source === undefined) return [yield* requestStep(id, generateVideo, raw)]
    if (source.makes === "audio")
      return yield* lineError("from", "must name an earlier step that makes an image or a video")
    return source.makes === "image"
      ? [yield* requestStep(id, generateVideo, raw, { output: "image", step })]
      : [yield* requestStep(id, extendVideo, raw, { output: "video", step })]
  }
  if (source?.makes !== "video") return yield* lineError("from", "must name an earlier step that makes a video")
  return kind === "sound"
    ? [yield* requestStep(id, createSoundtrack, raw, { output: "video", step })]
    : yield* speechSteps(id, raw, { step, seconds: source.durationSeconds })
})

type PlanNeeds = Effect.Services<ReturnType<typeof requestStep>>

/** Any other request as a step: what the earlier step makes must be what the request works on. */
const commandStep = Effect.fnUntraced(function* (
  id: string,
  request: AnyRequest,
  raw: RawLine,
  source: ({ readonly step: string } & EarlierStep) | undefined
) {
  if (source === undefined) return yield* requestStep(id, request, raw)
  const { media } = viewOfField(request.input.shape[request.source ?? ""])
  if (media !== "image" && media !== "video") return yield* lineError("from", `cannot be used with ${request.command}`)
  if (source.makes !== media) {
    const made = media === "image" ? "an image" : "a video"
    return yield* lineError("from", `must name an earlier step that makes ${made}`)
  }
  return yield* requestStep(id, request, raw, { output: media, step: source.step })
})

/** A request as a step; what an earlier step makes goes into the request's source field. */
const requestStep = Effect.fnUntraced(function* (
  id: string,
  request: AnyRequest,
  raw: RawLine,
  reference?: StepReference
) {
  const { source } = request
  const given = fieldsOf(raw, ownFields)
  const made = reference === undefined || source === undefined ? {} : { [source]: placeholderOf(reference) }
  // Of several images, the earlier step's is the first.
  const filled = Object.entries(made).map(([field, value]) =>
    viewOfField(request.input.shape[field]).kind === "list"
      ? [field, [value, ...[given[field] ?? []].flat()]]
      : [field, value]
  )
  const plan = yield* Effect.mapError(
    planOneTask(request, { ...given, ...Object.fromEntries(filled) }, lineField),
    lineErrorOf
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
    return yield* lineError(unknown, `is not a known field of a speech step; known fields: ${speechFields.join(", ")}`)
  const text = scalarText(given["text"], "")
  if (text.trim() === "") return yield* lineError("text", "is required: the text to speak")
  return yield* Effect.gen(function* () {
    const plan = yield* planGiven(createSpeech, { ...given, text }, lineField)
    const speech = isPipeline(plan) ? toPlan(plan) : plan
    return yield* planLipSync({ id, video: { step: video.step }, videoSeconds: video.seconds, speech })
  }).pipe(Effect.mapError(lineErrorOf))
})
