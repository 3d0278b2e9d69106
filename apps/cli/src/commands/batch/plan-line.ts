import { type Plan, type Problem } from "@klingkit/core"
import { type AnyRequest, kebabName, makesJob, type NameOf, type PipelinePlan, requests } from "@klingkit/core/requests"
import { fingerprintOf } from "@klingkit/jobs/internal"
import { Effect, Option } from "effect"
import { planGiven } from "../plan-given.ts"
import { lineError, lineErrorOf, problemsAt } from "./line-error.ts"
import type { Manifest, RawLine } from "./read-manifest.ts"

/** A planned line. */
export interface Line {
  /** As in the manifest, or its number. */
  readonly id: string
  /** Identifies the line within its manifest, independent of its position. */
  readonly key: string
  readonly raw: RawLine
  readonly plan: Plan | PipelinePlan
  /** A file or a folder as for `--output`; relative to `--output` if both are set. */
  readonly output: Option.Option<string>
}

export type PlannedLine = { readonly line: Line } | { readonly problems: ReadonlyArray<Problem> }

const ownFields = ["id", "kind", "output"]

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
        return { problems: problemsAt(`line ${id}`, planned.failure) } satisfies PlannedLine
      }
      const line = { id, key: `batch ${digest} ${occurrence}`, raw: content, plan: planned.success }
      return { line: { ...line, output: Option.liftPredicate(String(output), () => output !== undefined) } }
    })
  )
})

/** What a line may ask for: whatever makes something. */
export const lineRequests: ReadonlyArray<AnyRequest> = requests.filter(makesJob)

const planOf = Effect.fnUntraced(function* (raw: RawLine) {
  const kind = scalarText(raw["kind"], "video")
  const request = requestOfKind(kind)
  if (request === undefined) {
    const kinds = ["video", "image", ...lineRequests.map(({ command }) => command)]
    return yield* lineError("kind", `must be one of ${kinds.join(", ")}`)
  }
  return yield* Effect.mapError(planGiven(request, fieldsOf(raw, ownFields), lineField), lineErrorOf)
})

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
