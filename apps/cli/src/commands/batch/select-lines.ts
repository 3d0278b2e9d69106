import type { Problem } from "@klingkit/core"
import { closestMatch } from "@klingkit/core/internal"
import type { Line, PlannedLine } from "./plan-line.ts"

/** The lines that are run, or everything that keeps them from being run. */
export const selectLines = (
  planned: ReadonlyArray<PlannedLine>,
  only: ReadonlyArray<string>
): { readonly lines: ReadonlyArray<Line>; readonly problems: ReadonlyArray<Problem> } => {
  const wanted = only.map((name) => ({ name, line: findLine(planned, name) }))
  const selected = only.length === 0 ? planned : planned.filter((one) => wanted.some(({ line }) => line === one))
  return {
    lines: selected.flatMap(({ line }) => (line === undefined ? [] : [line])),
    problems: [
      ...wanted.flatMap(({ name, line }) => (line === undefined ? [noSuchLine(name, planned)] : [])),
      ...sameIds(planned),
      ...selected.flatMap(({ problems }) => problems)
    ]
  }
}

/** By id, else by number. */
const findLine = (planned: ReadonlyArray<PlannedLine>, name: string): PlannedLine | undefined =>
  planned.find(({ id }) => id === name) ??
  (/^\d+$/.test(name) ? planned.find(({ number }) => number === Number(name)) : undefined)

const noSuchLine = (name: string, planned: ReadonlyArray<PlannedLine>): Problem => {
  const near = closestMatch(
    name,
    planned.map(({ id }) => id)
  )
  const hint = near === undefined ? `there are lines 1 to ${planned.length}` : `did you mean ${near}?`
  return { field: "--only", message: `has no line ${JSON.stringify(name)}; ${hint}` }
}

/** An id names the results of one line. */
const sameIds = (planned: ReadonlyArray<PlannedLine>): ReadonlyArray<Problem> => {
  const first = new Map<string, number>()
  return planned.flatMap(({ id, number }) => {
    const earlier = first.get(id)
    if (earlier === undefined) first.set(id, number)
    return earlier === undefined
      ? []
      : [{ field: `line ${number}: id`, message: `is ${JSON.stringify(id)}, as that of line ${earlier}` }]
  })
}
