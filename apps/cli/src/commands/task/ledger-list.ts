import { sanitizeText } from "@klingkit/core/internal"
import { type Job, type JobFilter, Jobs } from "@klingkit/jobs"
import { jobOfRecord, jobStates, statesOf } from "@klingkit/jobs/internal"
import { Clock, Effect, Option } from "effect"
import { Flag } from "effect/cli"
import { usageError } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"
import type { Column } from "../../output/table.ts"
import { taskView } from "../../output/task-view.ts"

/** Filters that only the ledger can answer: with one of them the list comes from the ledger. */
export const ledgerFlags = {
  state: Flag.Literals("state", jobStates).pipe(
    Flag.withDescription("filter by ledger state, such as UNKNOWN or INTENT"),
    Flag.optional
  ),
  model: Flag.String("model").pipe(Flag.withDescription("filter by model"), Flag.optional),
  search: Flag.String("search").pipe(
    Flag.withMetavar("words"),
    Flag.withDescription("filter by words in the prompt"),
    Flag.optional
  ),
  since: Flag.String("since").pipe(
    Flag.withMetavar("time"),
    Flag.withDescription("only jobs created since: 2026-11-01, 2026-11-01T08:00:00Z, or a relative time: 90m, 12h, 7d"),
    Flag.optional
  ),
  cursor: Flag.String("cursor").pipe(Flag.withDescription("continue from a previous page"), Flag.optional)
}

type LedgerFilter = { readonly [Name in keyof typeof ledgerFlags]: Option.Option<string> }

export type Status = "submitted" | "processing" | "succeed" | "failed"

export const ledgerColumns: ReadonlyArray<Column<Job>> = [
  { title: "model", value: ({ record }) => record?.model },
  {
    title: "prompt",
    value: ({ record }) => (record?.prompt === undefined ? undefined : sanitizeText(record.prompt, 60))
  }
]

/** The JSON view of a job, with the ledger's columns beside its task. */
export const ledgerView = (job: Job) => ({
  ...taskView(job),
  state: job.record?.state,
  model: job.record?.model,
  prompt: job.record?.prompt
})

/** The jobs that match the flags, newest first, page by page. Rows that cannot be read are reported on stderr. */
export const fromLedger = Effect.fnUntraced(function* (
  status: Status | undefined,
  limit: number,
  ledgerFilter: LedgerFilter
) {
  const jobs = yield* Jobs
  const output = yield* Output
  const { state, model, search, since, cursor } = ledgerFilter
  const states = jobStates.filter(
    (candidate) =>
      (status === undefined || statesOf(status).includes(candidate)) &&
      (Option.isNone(state) || state.value === candidate)
  )
  const filter: JobFilter = {
    states,
    ...Option.match(model, { onNone: () => ({}), onSome: (value) => ({ model: value }) }),
    ...Option.match(search, { onNone: () => ({}), onSome: (value) => ({ search: value }) }),
    ...(Option.isSome(since) ? { since: yield* parseTime(since.value) } : {})
  }
  const found: Array<Job> = []
  let next = Option.getOrUndefined(cursor)
  do {
    const page = yield* jobs.history({
      ...filter,
      limit: Math.min(500, limit - found.length),
      ...(next === undefined ? {} : { cursor: next })
    })
    found.push(...page.jobs.map(jobOfRecord))
    for (const { handle, detail } of page.quarantined) {
      yield* output.say(
        `Warning: the ledger's row of job ${handle} cannot be read and is left out: ${sanitizeText(detail)}`
      )
    }
    next = page.nextCursor
  } while (next !== undefined && found.length < limit)
  if (next !== undefined) yield* output.say(`Next page: run the same command with --cursor ${next}`)
  return found
})

const agoUnits = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const parseTime = Effect.fnUntraced(function* (text: string) {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  if (count !== undefined)
    return (yield* Clock.currentTimeMillis) - Number(count) * agoUnits[unit as keyof typeof agoUnits]
  const millis = Date.parse(text)
  if (!Number.isNaN(millis)) return millis
  return yield* usageError([
    { field: "--since", message: "must be a time such as 2026-11-01T08:00:00Z, or 90m, 12h, 7d" }
  ])
})
