import { KlingError, nearestWord, type Plan, type Problem } from "@klingkit/core"
import { fingerprintOf } from "@klingkit/jobs"
import { Effect, Option } from "effect"
import { flagName } from "../flag-name.ts"
import { type ImageFlags, planImageFlags, planVideoFlags, type VideoFlags } from "../plan-request.ts"
import { imageFlags, videoFlags } from "../request-flags.ts"
import type { Manifest, WrittenLine } from "./read-manifest.ts"

/** A line that can be sent. */
export interface Line {
  /** As written, or its number. */
  readonly id: string
  /** The same for the same line of the same manifest, wherever it stands there. */
  readonly key: string
  readonly written: WrittenLine
  readonly plan: Plan
  /** A file or a folder, as `--output` takes it; below that where both are given. */
  readonly output: Option.Option<string>
}

export type PlannedLine = { readonly line: Line } | { readonly problems: ReadonlyArray<Problem> }

const ownFields = ["id", "kind", "prompt", "output"]

/** What each line asks of Kling; nothing is sent. Lines are like commands: `kind`, `prompt`, and the names of flags. */
export const planLines = Effect.fnUntraced(function* ({ name, lines }: Manifest) {
  const seen = new Map<string, number>()
  return yield* Effect.forEach(lines, (written, index) =>
    Effect.gen(function* () {
      const { output, ...content } = written
      const id = said(written["id"], String(index + 1))
      const digest = yield* fingerprintOf(name, content)
      const times = (seen.get(digest) ?? 0) + 1
      seen.set(digest, times)
      const planned = yield* Effect.result(planOf(written))
      if (planned._tag === "Failure") {
        const problems = planned.failure.map(({ field, message }) => ({ field: `line ${id}: ${field}`, message }))
        return { problems } satisfies PlannedLine
      }
      const line = { id, key: `batch ${digest} ${times}`, written: content, plan: planned.success }
      return { line: { ...line, output: Option.liftPredicate(String(output), () => output !== undefined) } }
    })
  )
})

const planOf = Effect.fnUntraced(function* (written: WrittenLine) {
  const kind = written["kind"] ?? "video"
  if (kind !== "video" && kind !== "image") {
    return yield* Effect.fail<ReadonlyArray<Problem>>([{ field: "kind", message: "must be video or image" }])
  }
  return yield* planWritten(kind, written, ownFields)
})

/** The plan of a clip or of pictures whose settings are written by the names of flags; `own` are the file's fields. */
export const planWritten = Effect.fnUntraced(function* (
  kind: "video" | "image",
  written: WrittenLine,
  own: ReadonlyArray<string>
) {
  const fields = Object.keys(kind === "video" ? videoFlags : imageFlags)
  const flags = new Map<string, unknown>()
  const problems: Array<Problem> = []
  for (const [name, value] of Object.entries(written)) {
    // `null` takes a default of the manifest back.
    if (own.includes(name) || value === null) continue
    const field = fields.find((one) => [one, flagName(one)].some((word) => plain(word) === plain(name)))
    if (field === undefined) {
      const near = nearestWord(name, fields.map(flagName))
      const hint = near === undefined ? fields.map(flagName).join(", ") : `did you mean ${near}?`
      problems.push({ field: name, message: `is no field of a ${kind}: ${hint}` })
    } else if (numbers.has(field) && Number.isNaN(valueOf(field, value))) {
      problems.push({ field: name, message: `must be a number, not ${JSON.stringify(value)}` })
    } else flags.set(field, valueOf(field, value))
  }
  if (problems.length > 0) return yield* Effect.fail<ReadonlyArray<Problem>>(problems)
  const options = Object.fromEntries(fields.map((field) => [field, Option.fromUndefinedOr(flags.get(field))]))
  const prompt = Option.map(Option.fromUndefinedOr(written["prompt"]), String)
  const plan =
    kind === "video"
      ? planVideoFlags(prompt, options as unknown as VideoFlags)
      : planImageFlags(prompt, options as unknown as ImageFlags)
  return yield* Effect.mapError(plan, problemsOf)
})

/** A word or a number as it was written. */
export const said = (value: unknown, usual: string): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : usual

/** What is wrong, place by place; what is no matter of input is told as it is. */
export const problemsOf = (error: unknown): ReadonlyArray<Problem> =>
  error instanceof KlingError && error.reason._tag === "InvalidInput"
    ? error.reason.problems
    : [{ field: "", message: error instanceof Error ? error.message : String(error) }]

/** `aspect-ratio`, `aspectRatio` and `aspect_ratio` are one name. */
const plain = (name: string): string => name.replaceAll(/[-_ ]/g, "").toLowerCase()

const numbers: ReadonlySet<string> = new Set(["durationSeconds", "n"])

/** A cell of a table is text. */
const valueOf = (field: string, value: unknown): unknown => {
  if (numbers.has(field)) return Number(String(value).replace(/s$/, ""))
  if (field === "watermark" || field === "multiShot") return String(value) === "true"
  return String(value)
}
