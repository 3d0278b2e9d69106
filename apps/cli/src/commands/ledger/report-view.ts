import { usdText } from "@klingkit/core/internal"
import { isHarmless, type LedgerReport } from "@klingkit/jobs/maintenance"
import { factsText } from "../../output/facts-text.ts"
import { table } from "../../output/table.ts"
import { findingText } from "./finding-text.ts"

const isoTime = (millis: number): string => new Date(millis).toISOString()

const findingView = (finding: LedgerReport["findings"][number]) => ({
  finding: finding._tag,
  isHarmless: isHarmless(finding),
  ...findingText(finding)
})

/** A report as JSON. */
export const reportView = ({ findings, inDoubt, leases, ...facts }: LedgerReport) => ({
  ...facts,
  findings: findings.map(findingView),
  ...(inDoubt === undefined
    ? {}
    : { inDoubt: inDoubt.map(({ createdAt, ...job }) => ({ ...job, created: isoTime(createdAt) })) }),
  ...(leases === undefined ? {} : { leases: leases.map((lease) => ({ ...lease, until: isoTime(lease.until) })) })
})

const megabytes = (bytes: number | undefined): string | undefined =>
  bytes === undefined ? undefined : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`

/** The same for users. */
export const reportText = (report: LedgerReport, isTerminal: boolean): string => {
  const { location, id, idFile, version, bytes, freeBytes, jobs, pipelines, inDoubt = [], leases = [] } = report
  const reserved = inDoubt.reduce((sum, { reservedUsd = 0 }) => sum + reservedUsd, 0)
  const facts = factsText({
    ledger: location,
    id,
    "id file": idFile,
    version,
    size: megabytes(bytes),
    free: megabytes(freeBytes),
    jobs,
    pipelines,
    "in doubt": jobs === undefined ? undefined : `${inDoubt.length}, ${usdText(reserved)} reserved`,
    "in progress": leases.map(
      ({ owner, handles, until }) => `${handles.length} by process ${owner} until ${isoTime(until)}`
    )
  })
  const doubts = table(
    inDoubt,
    [
      { title: "in doubt", value: ({ handle }) => handle },
      { title: "state", value: ({ state }) => state },
      { title: "model", value: ({ model }) => model },
      { title: "reserved", value: ({ reservedUsd }) => (reservedUsd === undefined ? "unknown" : usdText(reservedUsd)) },
      { title: "created", value: ({ createdAt }) => isoTime(createdAt) }
    ],
    isTerminal
  )
  const findings = report.findings.map((finding) => {
    const { what, next } = findingText(finding)
    return `${isHarmless(finding) ? "Note" : "Problem"}: ${what}\n  Next: ${next}`
  })
  return [
    facts,
    ...(inDoubt.length === 0 ? [] : [doubts, "  Next: klingkit task get <handle> looks one up at Kling"]),
    ...findings,
    report.isSound ? "The ledger is sound." : "The ledger is not sound."
  ].join("\n")
}
