import { maxUsd } from "@klingkit/core"
import { Clock, Effect, Result, Stream } from "effect"
import { type JobRecord, readRow } from "./job-record.ts"
import type { JobState } from "./job-state.ts"
import type { LedgerError } from "./ledger-error.ts"
import { knownVersion } from "./migrations.ts"
import { readPipeline } from "./pipeline-record.ts"
import type { RowTable, StoredLedger, StoredRow } from "./stored-ledger.ts"

/** What is not as it should be, as data. */
export type Finding =
  /** No file; `id` is that of the ledger that was here before. */
  | { readonly _tag: "Missing"; readonly id?: string }
  | { readonly _tag: "Empty"; readonly id?: string }
  | { readonly _tag: "NotALedger" }
  | { readonly _tag: "NotOpened"; readonly error: LedgerError }
  | { readonly _tag: "OtherLedger"; readonly expected: string; readonly found: string }
  | { readonly _tag: "NoIdFile" }
  | { readonly _tag: "NewerVersion"; readonly found: number; readonly known: number }
  | { readonly _tag: "OlderVersion"; readonly found: number; readonly known: number }
  | { readonly _tag: "Damaged"; readonly details: ReadonlyArray<string> }
  | { readonly _tag: "LostRow"; readonly table: RowTable; readonly handle?: string; readonly detail: string }
  | { readonly _tag: "UnreadableRow"; readonly table: RowTable; readonly handle: string; readonly detail: string }
  | { readonly _tag: "LowSpace"; readonly freeBytes: number }

/** It concerns no payment: programs repair it when they next open the ledger. */
export const isHarmless = (finding: Finding): boolean => {
  switch (finding._tag) {
    case "NoIdFile":
    case "OlderVersion":
      return true
    case "Missing":
    case "Empty":
      // No ledger was ever here.
      return finding.id === undefined
    default:
      return false
  }
}

/** A request that may have been sent, without a known outcome. */
export interface JobInDoubt {
  readonly handle: string
  readonly state: JobState
  readonly operation: string
  readonly model: string
  /** At most; absent when no price is published. */
  readonly reservedUsd?: number
  readonly createdAt: number
}

export interface HeldLease {
  readonly owner: string
  readonly until: number
  readonly handles: ReadonlyArray<string>
}

export interface LedgerReport {
  readonly location: string
  /** Programs can use it, and every row can be read. */
  readonly isSound: boolean
  readonly findings: ReadonlyArray<Finding>
  readonly id?: string
  /** Of a file: where its id lies beside it. */
  readonly idFile?: string
  readonly version?: number
  readonly knownVersion: number
  readonly bytes?: number
  readonly freeBytes?: number
  readonly jobs?: Readonly<Partial<Record<JobState, number>>>
  readonly pipelines?: number
  readonly inDoubt?: ReadonlyArray<JobInDoubt>
  readonly leases?: ReadonlyArray<HeldLease>
}

/** What a store adds to a report beside what its rows say. */
export type StoreFacts = Pick<LedgerReport, "location" | "idFile" | "bytes" | "freeBytes"> & {
  readonly findings: ReadonlyArray<Finding>
}

export const reportOf = (facts: StoreFacts, more: Partial<LedgerReport> = {}): LedgerReport => {
  const findings = [...facts.findings, ...(more.findings ?? [])]
  return { ...facts, ...more, knownVersion, findings, isSound: findings.every(isHarmless) }
}

/** The details of damage that are reported; a lost page has one for each of its rows. */
const maxRowFindings = 200

/** Reads every row once. */
export const inspectLedger = Effect.fnUntraced(function* (
  ledger: StoredLedger,
  facts: StoreFacts
): Effect.fn.Return<LedgerReport, LedgerError> {
  const { version, id } = ledger
  const now = yield* Clock.currentTimeMillis
  const findings: Array<Finding> = []
  if (version > knownVersion) findings.push({ _tag: "NewerVersion", found: version, known: knownVersion })
  if (version < knownVersion) findings.push({ _tag: "OlderVersion", found: version, known: knownVersion })
  const details = yield* ledger.damage
  if (details.length > 0) findings.push({ _tag: "Damaged", details })
  const note = (finding: Finding) => {
    if (findings.length < maxRowFindings) findings.push(finding)
  }
  const jobs: Partial<Record<JobState, number>> = {}
  const inDoubt: Array<JobInDoubt> = []
  const leases = new Map<string, { until: number; readonly handles: Array<string> }>()
  const countJob = (job: JobRecord) => {
    const { handle, state, lease } = job
    jobs[state] = (jobs[state] ?? 0) + 1
    if (state === "SENDING" || state === "IN_DOUBT" || state === "UNKNOWN") inDoubt.push(doubtOf(job))
    if (lease === undefined || lease.until <= now) return
    const held = leases.get(lease.owner) ?? { until: 0, handles: [] }
    leases.set(lease.owner, held)
    held.until = Math.max(held.until, lease.until)
    held.handles.push(handle)
  }
  // Another version stores other columns.
  const decodes = version === knownVersion
  yield* Stream.runForEach(ledger.rows("klingkit_jobs"), (stored) =>
    Effect.sync(() => {
      if (stored._tag === "Lost") return note({ ...lost(stored), table: "klingkit_jobs" })
      const read = readRow(stored.row)
      if (Result.isSuccess(read)) countJob(read.success)
      else if (decodes) note({ _tag: "UnreadableRow", table: "klingkit_jobs", ...read.failure })
    })
  )
  let pipelines = 0
  yield* Stream.runForEach(pipelinesOf(ledger), (stored) =>
    Effect.gen(function* () {
      if (stored._tag === "Lost") return note({ ...lost(stored), table: "klingkit_pipelines" })
      pipelines += 1
      const read = yield* Effect.result(readPipeline(stored.row))
      if (Result.isFailure(read) && decodes) {
        const handle = String(stored.row["handle"])
        note({ _tag: "UnreadableRow", table: "klingkit_pipelines", handle, detail: read.failure.message })
      }
    })
  )
  return reportOf(facts, {
    ...(id === undefined ? {} : { id }),
    version,
    findings,
    ...(decodes ? { jobs, pipelines, inDoubt, leases: [...leases].map(([owner, held]) => ({ owner, ...held })) } : {})
  })
})

/** Version 3 brought pipelines, version 4 another name for their table. */
export const pipelinesOf = (ledger: StoredLedger): Stream.Stream<StoredRow, LedgerError> =>
  ledger.version < 3 ? Stream.empty : ledger.rows(ledger.version < 4 ? "klingkit_chains" : "klingkit_pipelines")

const lost = ({ handle, detail }: Extract<StoredRow, { readonly _tag: "Lost" }>) => ({
  _tag: "LostRow" as const,
  ...(handle === undefined ? {} : { handle }),
  detail
})

const doubtOf = ({ handle, state, operation, model, quote, createdAt }: JobRecord): JobInDoubt => {
  const reservedUsd = maxUsd(quote)
  return { handle, state, operation, model, createdAt, ...(reservedUsd === undefined ? {} : { reservedUsd }) }
}
