import { type Plan, type Problem } from "@klingkit/core"
import { type AnyRequest, kebabName, makesJob, type NameOf, type PipelinePlan, requests } from "@klingkit/core/requests"
import { Effect, Option, Predicate } from "effect"
import { planGiven } from "../plan-given.ts"
import { LineError, lineError, lineErrorOf, problemsAt } from "./line-error.ts"
import { keysOf, type LineKeys } from "./line-keys.ts"
import type { Manifest, RawLine } from "./read-manifest.ts"

/** A planned line. */
export interface Line {
  /** As in the manifest, or its number. */
  readonly id: string
  /** What its files are named by: its id, or its number with leading zeros. */
  readonly name: string
  readonly keys: LineKeys
  /** Its fields as written, without `output`. */
  readonly raw: RawLine
  readonly request: AnyRequest
  readonly plan: Plan | PipelinePlan
  /** A file or a folder as for `--output`; relative to `--output` if both are set. */
  readonly output: Option.Option<string>
}

export interface PlannedLine {
  readonly id: string
  readonly number: number
  readonly problems: ReadonlyArray<Problem>
  /** Absent if it has problems. */
  readonly line?: Line
}

const ownFields = ["id", "kind", "output"]

/** Plans each line without sending it. A line has the fields of a command: `kind`, `prompt` and the names of flags. */
export const planLines = Effect.fnUntraced(function* ({ name: manifest, lines }: Manifest) {
  const planned = yield* Effect.forEach(lines, (raw) =>
    Effect.map(Effect.result(planOf(raw)), (result) => ({
      id: idOf(raw),
      output: raw["output"],
      content: contentOf(raw),
      result
    }))
  )
  const good = planned.flatMap(({ result, ...line }) =>
    result._tag === "Success" ? [{ ...line, plan: result.success.plan }] : []
  )
  const keys = (yield* keysOf(manifest, good)).values()
  const digits = String(lines.length).length
  return planned.map(({ id, output, content, result }, index): PlannedLine => {
    const number = index + 1
    const about = { id: id ?? String(number), number }
    if (result._tag === "Failure") return { ...about, problems: problemsAt(`line ${about.id}`, result.failure) }
    const line: Line = {
      ...result.success,
      id: about.id,
      name: id ?? String(number).padStart(digits, "0"),
      keys: keys.next().value ?? { own: "", earlier: [] },
      raw: content,
      output: Option.map(Option.fromNullishOr(output), String)
    }
    return { ...about, problems: [], line }
  })
})

const idOf = (raw: RawLine): string | undefined => {
  const id = scalarText(raw["id"], "").trim()
  return id === "" ? undefined : id
}

const contentOf = ({ output: _output, ...content }: RawLine): RawLine => content

/** What a line may ask for: whatever makes something. */
export const lineRequests: ReadonlyArray<AnyRequest> = requests.filter(makesJob)

const planOf = Effect.fnUntraced(function* (raw: RawLine) {
  const unclear = unclearValues(raw)
  if (unclear.length > 0) return yield* new LineError({ problems: unclear })
  const kind = scalarText(raw["kind"], "video")
  const request = requestOfKind(kind)
  if (request === undefined) {
    const kinds = ["video", "image", ...lineRequests.map(({ command }) => command)]
    return yield* lineError("kind", `must be one of ${kinds.join(", ")}`)
  }
  const plan = yield* Effect.mapError(planGiven(request, fieldsOf(raw, ownFields), lineField), lineErrorOf)
  return { plan, request }
})

/** Values that are not what was written: half of a character, or a number whose last digits are lost. */
const unclearValues = (value: unknown, field = ""): ReadonlyArray<Problem> => {
  if (typeof value === "string" && !value.isWellFormed()) {
    return [{ field, message: "contains half of a character (a lone surrogate)" }]
  }
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return [{ field, message: "has more digits than a number can hold; put it in quotes" }]
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => unclearValues(item, `${field}[${index}]`))
  if (!Predicate.isObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) => unclearValues(item, field === "" ? key : `${field}.${key}`))
}

/** A line's kind is a command (`video extend`), a request (`extend_video`), or short for `video create` and `image create`. */
const requestOfKind = (kind: string): AnyRequest | undefined =>
  lineRequests.find(({ id, command }) => id === kind || command === kind || command === `${kind} create`)

/** The fields of a line that are the request's. All as text, as in a CSV cell: a prompt may be a number in YAML. */
export const fieldsOf = (raw: RawLine, own: ReadonlyArray<string>): RawLine =>
  Object.fromEntries(
    Object.entries(raw)
      .filter(([name, value]) => !own.includes(name) && value !== null)
      .map(([name, value]) => [name, typeof value === "number" ? String(value) : value])
  )

/** What a file calls a request's field. */
export const lineField: NameOf = (_, field) => kebabName(field)

/** A string or a number as text. */
export const scalarText = (value: unknown, fallback: string): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : fallback
