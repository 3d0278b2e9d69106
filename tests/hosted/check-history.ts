import type { Event } from "./history.ts"

/** What is left when all is over. */
export interface Remains {
  readonly events: ReadonlyArray<Event>
  /** Kling's own tasks, one for each that was paid. */
  readonly tasks: ReadonlyArray<{ readonly externalTaskId: string; readonly status: string }>
  readonly charges: ReadonlyArray<{ readonly externalTaskId: string }>
  /** The rows of the ledger. */
  readonly rows: ReadonlyArray<{ readonly handle: string; readonly state: string; readonly principal: string }>
  /** Names of saved files. */
  readonly files: ReadonlyArray<string>
}

/** What contradicts the promise: never charged twice for one request, nothing paid for is lost, no caller sees another's. */
export const contradictions = ({ events, tasks, charges, rows, files }: Remains): ReadonlyArray<string> => {
  const paid = countBy(tasks.map(({ externalTaskId }) => externalTaskId))
  const charged = countBy(charges.map(({ externalTaskId }) => externalTaskId))
  const rowOf = new Map(rows.map((row) => [row.handle, row]))
  const acknowledged = new Map<string, Set<string>>()
  for (const { key, answer } of events) {
    const handle = /Task ID: (kk-\w+-\w+)/.exec(answer?.text ?? "")?.[1]
    if (key !== undefined && handle !== undefined) {
      acknowledged.set(key, (acknowledged.get(key) ?? new Set()).add(handle))
    }
  }
  const handles = new Map([...acknowledged].flatMap(([key, set]) => [...set].map((handle) => [handle, key] as const)))
  return [
    ...[...acknowledged].flatMap(([key, set]) => (set.size > 1 ? [`${key} has the tasks ${[...set].join(", ")}`] : [])),
    ...[...paid].flatMap(([handle, count]) => (count > 1 ? [`${handle} is ${count} tasks at Kling`] : [])),
    ...[...charged].flatMap(([handle, count]) => (count > 1 ? [`${handle} was charged ${count} times`] : [])),
    ...[...handles].flatMap(([handle, key]) =>
      rowOf.get(handle)?.principal === `key:${key.split(" ")[0]}` ? [] : [`${handle} of ${key} is not its caller's`]
    ),
    ...[...handles].flatMap(([handle, key]) =>
      paid.has(handle) && isMade(rowOf.get(handle))
        ? []
        : [`${handle} of ${key} was acknowledged and is ${rowOf.get(handle)?.state ?? "lost"}`]
    ),
    ...tasks.flatMap(({ externalTaskId, status }) =>
      isMade(rowOf.get(externalTaskId))
        ? []
        : [`Kling has ${externalTaskId} (${status}), and the ledger ${rowOf.get(externalTaskId)?.state ?? "nothing"}`]
    ),
    ...events.flatMap(({ tool, about, caller, answer }) =>
      about === undefined || answer === undefined || answer.isError || answer.text.includes(about)
        ? []
        : [`${tool} of ${caller} for ${about} answered: ${answer.text.slice(0, 200)}`]
    ),
    ...files.flatMap((file) =>
      [...paid.keys()].some((handle) => file.includes(handle)) ? [] : [`${file} is of no task`]
    )
  ]
}

/** Made, and perhaps saved. */
const isMade = (row: Remains["rows"][number] | undefined): boolean => /^(SUCCEEDED|FETCHED)$/.test(row?.state ?? "")

const countBy = (items: ReadonlyArray<string>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}
