import { Effect, Option, Predicate } from "effect"
import * as z from "zod"
import { knownModels } from "../models/known-models.ts"
import type { Plan } from "../plan/plan.ts"
import type { CheaperSetting } from "../prices/cheaper-setting.ts"
import { maxUsd, rounded } from "../prices/quote.ts"
import { effectiveInput } from "../params/effective-input.ts"
import type { PipelinePlan } from "../pipelines/pipeline-plan.ts"
import { isSameName } from "./field-names.ts"
import { innerType } from "./inner-type.ts"
import type { Fields, PlanContext } from "./plan-context.ts"
import { type AnyRequest, isPipeline } from "./request.ts"

const mostShown = 3

type Field = CheaperSetting["field"]
type Value = CheaperSetting["to"]

/** One field of a request with other values, in the order in which they are tried. */
interface Candidates {
  readonly field: Field
  readonly from: Value
  readonly values: ReadonlyArray<Value>
  /** The cheapest of them, not the first that saves anything. */
  readonly cheapest?: boolean
}

/**
 * How the same request costs less, with one setting changed: at most three ways, the one that saves most first. Each is planned
 * like the request itself, so it is allowed, has a published price, and is strictly cheaper. Nothing is sent. A pipeline has none.
 */
export const cheaperSettings = <E>(
  request: AnyRequest,
  input: Fields,
  plan: Plan | PipelinePlan,
  context: PlanContext<E>
): Effect.Effect<ReadonlyArray<CheaperSetting>> => {
  if (isPipeline(plan)) return Effect.succeed([])
  const most = maxUsd(plan.quote)
  if (most === undefined || most === 0) return Effect.succeed([])
  const settings = settingsOf(request, input, plan)
  const priceWith = (field: Field, from: Value, to: Value) => {
    const kept = field === "model" ? { ...input, ...settings } : input
    return request.plan({ ...kept, [field]: to }, context).pipe(
      Effect.map((other) => (isPipeline(other) ? undefined : cheaperThan(plan, other, { field, from, to }))),
      Effect.option,
      Effect.map(Option.flatMap(Option.fromUndefinedOr))
    )
  }
  return Effect.forEach(candidatesOf(request, plan, settings), ({ field, from, values, cheapest = false }) =>
    Effect.gen(function* () {
      const found: Array<CheaperSetting> = []
      for (const value of values) {
        const cheaper = yield* priceWith(field, from, value)
        if (Option.isSome(cheaper)) found.push(cheaper.value)
        if (found.length > 0 && !cheapest) break
      }
      return found.toSorted(bySaving).slice(0, 1)
    })
  ).pipe(Effect.map((found) => found.flat().toSorted(bySaving).slice(0, mostShown)))
}

const bySaving = (a: CheaperSetting, b: CheaperSetting): number => b.savedUsd - a.savedUsd

const cheaperThan = (
  plan: Plan,
  { quote: cheaper }: Plan,
  change: Pick<CheaperSetting, "field" | "from" | "to">
): CheaperSetting | undefined => {
  const [before, usd] = [maxUsd(plan.quote), maxUsd(cheaper)]
  if (before === undefined || usd === undefined || usd >= before) return undefined
  const { units } = cheaper.upperBound ?? cheaper
  return {
    ...change,
    usd,
    savedUsd: rounded(before - usd),
    ...(units === undefined ? {} : { units }),
    ...(cheaper.upperBound === undefined ? {} : { isUpperBound: true })
  }
}

/** The settings that another model has to keep, so that it makes the same: given, or filled in by the plan. */
const kept = ["resolution", "durationSeconds", "aspectRatio", "audio"] as const

const settingsOf = ({ input: { shape } }: AnyRequest, input: Fields, plan: Plan): Fields => {
  const filled = Object.entries(effectiveInput(plan.operation, plan.input))
  const valueOf = (field: string) => input[field] ?? filled.find(([name]) => isSameName(name, field))?.[1]
  // A model that always has audio, or never, has no such setting.
  const audios = knownModels.findVideoModel(plan.model)?.audio ?? []
  const audio = valueOf("audio") ?? (audios.length === 1 ? audios[0] : undefined)
  const settings = kept.map((field) => [field, field === "audio" ? audio : valueOf(field)] as const)
  return Object.fromEntries(settings.filter(([field, value]) => field in shape && value !== undefined))
}

const candidatesOf = (
  { input: { shape }, result }: AnyRequest,
  plan: Plan,
  settings: Fields
): ReadonlyArray<Candidates> => {
  const model = result === "image" ? knownModels.findImageModel(plan.model) : knownModels.findVideoModel(plan.model)
  const { resolution, durationSeconds: seconds, audio } = settings
  const resolutions: ReadonlyArray<unknown> = model?.resolutions ?? listed(shape["resolution"])
  const lower = resolutions.slice(0, Math.max(0, resolutions.indexOf(resolution))).filter(Predicate.isString)
  const others = (result === "image" ? knownModels.imageModels : knownModels.videoModels).filter(
    ({ id, state }) => state === "live" && id !== model?.id
  )
  const all: ReadonlyArray<Candidates | undefined> = [
    Predicate.isString(resolution) ? { field: "resolution", from: resolution, values: lower.toReversed() } : undefined,
    Predicate.isNumber(seconds) && model !== undefined && "seconds" in model
      ? { field: "durationSeconds", from: seconds, values: shorterThan(seconds, model.seconds) }
      : undefined,
    audio === "native" ? { field: "audio", from: audio, values: ["off"] } : undefined,
    model && { field: "model", from: model.id, values: others.map(({ id }) => id), cheapest: true }
  ]
  return all.filter((one) => one !== undefined).filter(({ field }) => field in shape)
}

const listed = (schema: unknown): ReadonlyArray<unknown> => {
  const type = innerType(schema)
  return type instanceof z.ZodEnum ? type.options : []
}

/** Shorter lengths, the longest first: of a range, the multiples of five that users ask for, and its shortest. */
const shorterThan = (
  seconds: number,
  range: { readonly min: number; readonly max: number } | { readonly values: ReadonlyArray<number> }
): ReadonlyArray<number> => {
  const offered = "values" in range ? range.values : [15, 10, 5, range.min].filter((one) => one >= range.min)
  return offered.filter((one) => one < seconds).toSorted((a, b) => b - a)
}
