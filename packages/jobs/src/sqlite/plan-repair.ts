import { Clock, Data, Effect } from "effect"
import { type Finding, isHarmless, type LedgerReport } from "../ledger/ledger-report.ts"

export interface RepairOptions {
  /** The ledger that lies there is the one that is wanted, although another was here before. */
  readonly acceptId?: boolean
  /** Begin one that knows of no earlier payment; what is there is kept under another name. */
  readonly beginAnew?: boolean
}

/** What a repair does, in this order. */
export type RepairStep = Data.TaggedEnum<{
  /** A copy of all files, before anything else. */
  Backup: { readonly path: string }
  /** Writes the id of the ledger into the file beside it. */
  WriteId: { readonly id: string; readonly instead?: string }
  /** Moves what programs have written lately from the log into the file. */
  Checkpoint: {}
  /** Makes the indexes again from their tables. */
  Reindex: {}
  /** Copies every row that can be read into a new file, which takes the place of the damaged one. */
  Recover: {}
  /** Moves all files away, and creates an empty ledger. */
  BeginAnew: { readonly path: string }
}>
export const RepairStep = Data.taggedEnum<RepairStep>()

export interface RepairPlan {
  readonly report: LedgerReport
  readonly steps: ReadonlyArray<RepairStep>
  /** What remains: a decision of the user, or beyond repair. */
  readonly remaining: ReadonlyArray<Finding>
}

/** What is safe to do about what a check has found. No step deletes a row, or a file that may hold one. */
export const planRepair = Effect.fnUntraced(function* (
  report: LedgerReport,
  { acceptId = false, beginAnew = false }: RepairOptions
): Effect.fn.Return<RepairPlan> {
  const stamp = new Date(yield* Clock.currentTimeMillis).toISOString().replaceAll(/[-:]|\.\d+/g, "")
  const path = `${report.location}.backup-${stamp}`
  const isLost = report.findings.some((finding) => unusable.includes(finding._tag) && !isHarmless(finding))
  if (beginAnew && isLost) return { report, steps: [RepairStep.BeginAnew({ path })], remaining: [] }
  const fixes = report.findings.flatMap((finding) => fixesOf(finding, report, acceptId))
  const steps = [...new Map(fixes.map((step) => [step._tag, step])).values()]
  const remaining = report.findings.filter((finding) => fixesOf(finding, report, acceptId).length === 0)
  // A new file has new indexes, and nothing in its log.
  const needed = steps.some(({ _tag }) => _tag === "Recover") ? steps.filter(({ _tag }) => _tag !== "Reindex") : steps
  const order: ReadonlyArray<RepairStep["_tag"]> = ["Recover", "Reindex", "WriteId"]
  const sorted = needed.toSorted((a, b) => order.indexOf(a._tag) - order.indexOf(b._tag))
  if (sorted.length === 0) return { report, steps: [], remaining }
  return { report, steps: [RepairStep.Backup({ path }), ...sorted, RepairStep.Checkpoint()], remaining }
})

/** With one of these the ledger cannot be used as it is. */
const unusable: ReadonlyArray<Finding["_tag"]> = [
  "Missing",
  "Empty",
  "NotALedger",
  "NotOpened",
  "OtherLedger",
  "Damaged"
]

const fixesOf = (finding: Finding, { id }: LedgerReport, acceptId: boolean): ReadonlyArray<RepairStep> => {
  switch (finding._tag) {
    case "NoIdFile":
      return id === undefined ? [] : [RepairStep.WriteId({ id })]
    case "OtherLedger":
      return acceptId ? [RepairStep.WriteId({ id: finding.found, instead: finding.expected })] : []
    case "Damaged":
      return [finding.details.every((line) => aboutIndex.test(line)) ? RepairStep.Reindex() : RepairStep.Recover()]
    case "LostRow":
      return [RepairStep.Recover()]
    default:
      return []
  }
}

/** The tables are whole. */
const aboutIndex = /index \S+$|from index|entries in index|non-unique entry/
