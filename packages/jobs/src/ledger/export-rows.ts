import { maxUsd } from "@klingkit/core"
import { chargedUsd } from "@klingkit/core/internal"
import { Effect, Result, Stream } from "effect"
import { csvCell } from "./csv-cell.ts"
import { type JobRecord, readRow } from "./job-record.ts"
import type { LedgerError } from "./ledger-error.ts"
import { pipelinesOf } from "./ledger-report.ts"
import { type PipelineRecord, readPipeline } from "./pipeline-record.ts"
import type { StoredLedger, StoredRow } from "./stored-ledger.ts"

/** A line of JSON. The documentation describes each; fields are added, never renamed. */
type Line = Readonly<Record<string, unknown>> & {
  readonly kind: "ledger" | "job" | "pipeline" | "unreadable" | "end"
}

/** A row that is not in the export, as far as it can be named. */
export interface UnreadableRow {
  readonly of: "job" | "pipeline"
  readonly handle?: string
  readonly detail: string
}

/** What an export consists of: a line of text, a row that could not be read, or both. */
export interface ExportItem {
  readonly text?: string
  readonly unreadable?: UnreadableRow
}

type Read<A> = { readonly record: A } | { readonly unreadable: UnreadableRow }

/** Every job and pipeline as one JSON object each; rows that cannot be read are named. The last line counts them all. */
export const exportLines = (ledger: StoredLedger): Stream.Stream<ExportItem, LedgerError> =>
  Stream.suspend(() => {
    const counts = { jobs: 0, pipelines: 0, unreadable: 0 }
    const lineOf = <A>(counted: "jobs" | "pipelines", view: (record: A) => Line) =>
      Stream.map((read: Read<A>): ExportItem => {
        counts["record" in read ? counted : "unreadable"] += 1
        return "record" in read
          ? item(view(read.record))
          : { ...item({ kind: "unreadable", ...read.unreadable }), unreadable: read.unreadable }
      })
    const head = item({ kind: "ledger", format: 1, id: ledger.id, version: ledger.version })
    return Stream.succeed(head).pipe(
      Stream.concat(lineOf("jobs", jobLine)(jobsOf(ledger))),
      Stream.concat(lineOf("pipelines", pipelineLine)(Stream.mapEffect(pipelinesOf(ledger), pipelineOf))),
      Stream.concat(Stream.sync(() => item({ kind: "end", ...counts })))
    )
  })

const item = (line: Line): ExportItem => ({ text: JSON.stringify(line) })

/** The jobs as CSV for a bookkeeper, with a header. */
export const exportTable = (ledger: StoredLedger): Stream.Stream<ExportItem, LedgerError> =>
  Stream.succeed<ExportItem>({ text: columns.map(([title]) => title).join(",") }).pipe(
    Stream.concat(
      Stream.map(jobsOf(ledger), (read) =>
        "record" in read
          ? { text: columns.map(([, cell]) => csvCell(cell(read.record))).join(",") }
          : { unreadable: read.unreadable }
      )
    )
  )

const columns: ReadonlyArray<readonly [string, (job: JobRecord) => string | number | undefined]> = [
  ["created", ({ createdAt }) => time(createdAt)],
  ["principal", ({ principal }) => principal],
  ["operation", ({ operation }) => operation],
  ["model", ({ model }) => model],
  ["state", ({ state }) => state],
  ["quoted_usd", ({ quote }) => maxUsd(quote)],
  ["charged_usd", ({ charges, quote }) => chargedUsd(charges, quote)],
  ["charged_units", ({ charges }) => (charges.length === 0 ? undefined : unitsOf(charges))],
  ["pack", ({ quote }) => quote.pack],
  ["handle", ({ handle }) => handle],
  ["task_id", ({ taskId }) => taskId],
  ["pipeline", ({ pipeline }) => pipeline],
  ["step", ({ step }) => step]
]

const unitsOf = (charges: JobRecord["charges"]): number =>
  charges.reduce((sum, { kind, amount }) => (kind === "cash" ? sum : sum + amount), 0)

const jobsOf = (ledger: StoredLedger): Stream.Stream<Read<JobRecord>, LedgerError> =>
  Stream.map(ledger.rows("klingkit_jobs"), (stored): Read<JobRecord> => {
    if (stored._tag === "Lost") return { unreadable: lostRow("job", stored) }
    // Ledgers of before version 6 know no takes, those of before 4 other names.
    const read = readRow({ take: 1, ...renamed(stored.row) })
    return Result.isSuccess(read) ? { record: read.success } : { unreadable: { of: "job", ...read.failure } }
  })

const oldNames = new Map([
  ["looked_at", "polled_at"],
  ["called_at", "callback_received_at"],
  ["promised_at", "acknowledged_at"],
  ["lane", "queue_key"],
  ["usual_seconds", "expected_seconds"],
  ["chain", "pipeline"]
])

const renamed = (row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [oldNames.get(name) ?? name, value]))

const pipelineOf = (stored: StoredRow): Effect.Effect<Read<PipelineRecord>> =>
  stored._tag === "Lost"
    ? Effect.succeed({ unreadable: lostRow("pipeline", stored) })
    : // Ledgers of before version 8 retried failed steps at each resume.
      Effect.match(readPipeline({ retries_failed: stored.row["resumes"] ?? 0, ...stored.row }), {
        onSuccess: (record): Read<PipelineRecord> => ({ record }),
        onFailure: ({ message }): Read<PipelineRecord> => ({
          unreadable: { of: "pipeline", handle: String(stored.row["handle"]), detail: message }
        })
      })

const lostRow = (
  of: "job" | "pipeline",
  { handle, detail }: Extract<StoredRow, { readonly _tag: "Lost" }>
): UnreadableRow => ({ of, ...(handle === undefined ? {} : { handle }), detail })

const time = (millis: number): string => new Date(millis).toISOString()

const times = (named: Readonly<Record<string, number | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(named).flatMap(([name, at]) => (at === undefined ? [] : [[name, time(at)]])))

const jobLine = ({
  lease: _lease,
  fingerprint: _fingerprint,
  createdAt,
  updatedAt,
  finishedAt,
  sentAt,
  polledAt: _polledAt,
  callbackReceivedAt: _callbackReceivedAt,
  queuedAt: _queuedAt,
  acknowledgedAt: _acknowledgedAt,
  queueKey: _queueKey,
  slots: _slots,
  expectedSeconds: _expectedSeconds,
  expectedOutputs: _expectedOutputs,
  recheckAt: _recheckAt,
  rechecks: _rechecks,
  ...job
}: JobRecord): Line => ({
  kind: "job",
  ...job,
  ...times({ created: createdAt, updated: updatedAt, sent: sentAt, finished: finishedAt })
})

const pipelineLine = ({
  fingerprint: _fingerprint,
  createdAt,
  updatedAt,
  finishedAt,
  ...pipeline
}: PipelineRecord): Line => ({
  kind: "pipeline",
  ...pipeline,
  ...times({ created: createdAt, updated: updatedAt, finished: finishedAt })
})
