import type { Plan } from "@klingkit/core"
import { effectiveInput, otherIdentity, planIdentity } from "@klingkit/core/internal"
import { isPipeline, type PipelinePlan } from "@klingkit/core/requests"
import { fingerprintOf } from "@klingkit/jobs/internal"
import { Effect } from "effect"
import type { RawLine } from "./read-manifest.ts"

/** The keys under which the ledger has the job of a line. */
export interface LineKeys {
  /** New jobs are made under this one. */
  readonly own: string
  /** Others under which an earlier run may have made it: before the line had an id, or by an earlier release. */
  readonly earlier: ReadonlyArray<string>
}

export interface LineToKey {
  /** Its own id; undefined where its number stands for one. */
  readonly id: string | undefined
  /** Its fields as written, without `output`. */
  readonly content: RawLine
  readonly plan: Plan | PipelinePlan
}

/** An earlier release counted attempts: each one that Kling refused was followed by one under the next number. */
const formerAttempts = [1, 2, 3]

/**
 * A line is what it gives (`planIdentity`) under its id, or as the first, second, ... of the same lines without an id;
 * always within its manifest. Its position makes no difference. A line of several steps is its fields as written.
 */
export const keysOf = Effect.fnUntraced(function* (manifest: string, lines: ReadonlyArray<LineToKey>) {
  const digests = yield* Effect.forEach(lines, ({ id, content, plan }) =>
    Effect.gen(function* () {
      const { id: _id, ...withoutId } = content
      return {
        id,
        isPipeline: isPipeline(plan),
        given: isPipeline(plan) ? "" : yield* fingerprintOf(manifest, [plan.operation.id, planIdentity(plan)]),
        linked:
          isPipeline(plan) || plan.references === undefined
            ? undefined
            : yield* fingerprintOf(manifest, [plan.operation.id, effectiveInput(plan.operation, plan.input)]),
        other: yield* otherOf(manifest, plan),
        written: yield* fingerprintOf(manifest, content),
        writtenWithoutId: yield* fingerprintOf(manifest, withoutId)
      }
    })
  )
  const withoutId = digests.filter(({ id }) => id === undefined)
  const nth = counter()
  return digests.map(({ id, isPipeline: hasSteps, given, linked, other, written, writtenWithoutId }): LineKeys => {
    const former = `batch ${written} ${nth(`written ${written}`)}`
    if (hasSteps) return { own: `${former} 1`, earlier: [] }
    const formers = [former]
    // An earlier release knew the results that a line refers to by their links; another kind of credential makes it elsewhere.
    const otherKeys = (end: string | number) =>
      [linked, other].flatMap((digest) => (digest === undefined ? [] : [`line ${digest} ${end}`]))
    if (id === undefined) {
      const position = nth(`given ${given}`)
      return { own: `line ${given} ${position}`, earlier: [...otherKeys(position), ...attemptsOf(formers)] }
    }
    // The first of these belong to the lines that still have no id.
    const others = withoutId.filter((other) => other.given === given).length
    const position = others + nth(`given with id ${given}`)
    formers.push(`batch ${writtenWithoutId} ${position}`)
    return {
      own: `line ${given} id ${id}`,
      earlier: [`line ${given} ${position}`, ...otherKeys(`id ${id}`), ...attemptsOf(formers)]
    }
  })
})

/** As the account's other kind of credential makes it. */
const otherOf = (manifest: string, plan: Plan | PipelinePlan): Effect.Effect<string | undefined> => {
  const other = isPipeline(plan) ? undefined : otherIdentity(plan)
  return other === undefined ? Effect.succeed(undefined) : fingerprintOf(manifest, [other.operation, other.identity])
}

/** Another take has a key of its own; the first has always had this one. */
export const keyOfTake = ({ own }: LineKeys, take: number): string => (take === 1 ? own : `${own} take ${take}`)

const attemptsOf = (formers: ReadonlyArray<string>): ReadonlyArray<string> =>
  formers.flatMap((former) => formerAttempts.map((attempt) => `${former} ${attempt}`))

/** Counts how often it was called with the same text. */
const counter = (): ((text: string) => number) => {
  const counts = new Map<string, number>()
  return (text) => {
    const count = (counts.get(text) ?? 0) + 1
    counts.set(text, count)
    return count
  }
}
