import { KlingError, closestMatch, type Plan, type Problem } from "@klingkit/core"
import { fingerprintOf } from "@klingkit/jobs"
import { Effect, Option } from "effect"
import { flagName } from "../flag-name.ts"
import { type ImageFlags, planImageFlags, planVideoFlags, type VideoFlags } from "../plan-request.ts"
import { imageFlags, videoFlags } from "../request-flags.ts"
import type { Manifest, RawLine } from "./read-manifest.ts"

/** A planned line. */
export interface Line {
  /** As in the manifest, or its number. */
  readonly id: string
  /** Identifies the line within its manifest, independent of its position. */
  readonly key: string
  readonly raw: RawLine
  readonly plan: Plan
  /** A file or a folder as for `--output`; relative to `--output` if both are set. */
  readonly output: Option.Option<string>
}

export type PlannedLine = { readonly line: Line } | { readonly problems: ReadonlyArray<Problem> }

const ownFields = ["id", "kind", "prompt", "output"]

/** Plans each line without sending it. A line has the fields of a command: `kind`, `prompt` and the names of flags. */
export const planLines = Effect.fnUntraced(function* ({ name, lines }: Manifest) {
  const occurrences = new Map<string, number>()
  return yield* Effect.forEach(lines, (raw, index) =>
    Effect.gen(function* () {
      const { output, ...content } = raw
      const id = scalarText(raw["id"], String(index + 1))
      const digest = yield* fingerprintOf(name, content)
      const occurrence = (occurrences.get(digest) ?? 0) + 1
      occurrences.set(digest, occurrence)
      const planned = yield* Effect.result(planOf(raw))
      if (planned._tag === "Failure") {
        const problems = planned.failure.map(({ field, message }) => ({ field: `line ${id}: ${field}`, message }))
        return { problems } satisfies PlannedLine
      }
      const line = { id, key: `batch ${digest} ${occurrence}`, raw: content, plan: planned.success }
      return { line: { ...line, output: Option.liftPredicate(String(output), () => output !== undefined) } }
    })
  )
})

const planOf = Effect.fnUntraced(function* (raw: RawLine) {
  const kind = raw["kind"] ?? "video"
  if (kind !== "video" && kind !== "image") {
    return yield* Effect.fail<ReadonlyArray<Problem>>([{ field: "kind", message: "must be video or image" }])
  }
  return yield* planRawLine(kind, raw, ownFields)
})

/** The plan of a video or image line whose fields are named like flags; `own` are fields of the file itself. */
export const planRawLine = Effect.fnUntraced(function* (
  kind: "video" | "image",
  raw: RawLine,
  own: ReadonlyArray<string>
) {
  const fields = Object.keys(kind === "video" ? videoFlags : imageFlags)
  const flags = new Map<string, unknown>()
  const problems: Array<Problem> = []
  for (const [name, value] of Object.entries(raw)) {
    // `null` removes a default of the manifest.
    if (own.includes(name) || value === null) continue
    const field = fields.find((flagField) =>
      [flagField, flagName(flagField)].some((candidate) => normalized(candidate) === normalized(name))
    )
    if (field === undefined) {
      const nearest = closestMatch(name, fields.map(flagName))
      const hint =
        nearest === undefined ? `known fields: ${fields.map(flagName).join(", ")}` : `did you mean ${nearest}?`
      problems.push({ field: name, message: `is not a known field of a ${kind} line; ${hint}` })
    } else if (numbers.has(field) && Number.isNaN(valueOf(field, value))) {
      problems.push({ field: name, message: `must be a number, not ${JSON.stringify(value)}` })
    } else flags.set(field, valueOf(field, value))
  }
  if (problems.length > 0) return yield* Effect.fail<ReadonlyArray<Problem>>(problems)
  const options = Object.fromEntries(fields.map((field) => [field, Option.fromUndefinedOr(flags.get(field))]))
  const prompt = Option.map(Option.fromUndefinedOr(raw["prompt"]), String)
  const plan =
    kind === "video"
      ? planVideoFlags(prompt, options as unknown as VideoFlags)
      : planImageFlags(prompt, options as unknown as ImageFlags)
  return yield* Effect.mapError(plan, problemsOf)
})

/** A string or a number as text. */
export const scalarText = (value: unknown, fallback: string): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : fallback

/** The input problems field by field; any other error as a single problem. */
export const problemsOf = (error: unknown): ReadonlyArray<Problem> =>
  error instanceof KlingError && error.reason._tag === "InvalidInput"
    ? error.reason.problems
    : [{ field: "", message: error instanceof Error ? error.message : String(error) }]

/** `aspect-ratio`, `aspectRatio` and `aspect_ratio` are the same name. */
const normalized = (name: string): string => name.replaceAll(/[-_ ]/g, "").toLowerCase()

const numbers: ReadonlySet<string> = new Set(["durationSeconds", "n"])

/** CSV cells are text, so values are converted here. */
const valueOf = (field: string, value: unknown): unknown => {
  if (numbers.has(field)) return Number(String(value).replace(/s$/, ""))
  if (field === "watermark" || field === "multiShot") return String(value) === "true"
  return String(value)
}
