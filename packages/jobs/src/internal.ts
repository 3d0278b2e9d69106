export {
  CallerFolders,
  checkDestinations,
  DeniedAddress,
  denyAddress,
  denyUrl,
  type DenyReason,
  type Destination,
  type DestinationProblem,
  fillTemplate,
  FolderDenied,
  type MediaFacts,
  type NameFacts,
  namePlaceholders,
  type OpenFolder,
  probeMedia,
  safeFileName,
  type Sha256
} from "@klingkit/media"
export { callerFolder } from "./caller-folder.ts"
export { databaseFromConfig } from "./postgres/shared-database.ts"
export { localPrincipal, privateHosts } from "./config.ts"
export {
  MediaStore,
  nameProblem,
  type ObjectToStore,
  type StoredLink,
  type StoredObject,
  StoreFailure,
  FileRefused,
  inspectFile,
  maxFileBytes
} from "@klingkit/media/internal"
export { currentJob } from "./current-job.ts"
export { stepFailure } from "./pipelines/pipeline-job.ts"
export { spendPartsText } from "./ledger/day-spend.ts"
export { paidText, type PaidStep } from "./ledger/quoted-money.ts"
export { jobError } from "./job-error.ts"
export { notFinished } from "./not-finished.ts"
export { jobOfRecord, missingOf, missingResultsText, statesOf } from "./job.ts"
export { makePlanner, type Planner } from "./planner.ts"
export { plannedJob, PlannedResults } from "./references/planned-results.ts"
export { jobFacts, plannedFacts } from "./results/download-job.ts"
export { describeQueuePosition } from "./queue/queue-position.ts"
export { recordedJob } from "./recorded-jobs.ts"
export { jobOfResult } from "./submit/run-result.ts"
export { csvCell } from "./ledger/csv-cell.ts"
export { type BudgetLevel, budgetLevels } from "./ledger/budget-line.ts"
export { budgetAlertText, budgetLeftText, type BudgetPeriod, budgetPeriods, budgetText } from "./ledger/budget-state.ts"
export { type ReportGrouping, reportGroupings } from "./ledger/period-spend.ts"
export { spendDays } from "./spend-period.ts"
export type { AccessKey } from "./ledger/access-keys.ts"
export type { Endpoint, EndpointReport, Replayed } from "./ledger/endpoints.ts"
export type { Attempted, Ending, Message } from "./ledger/messages.ts"
export type { UploadedFile, UploadLinkState } from "./ledger/uploads.ts"
export { uploadIdOf, type UploadLink, uploadMinutes, type Uploads } from "./uploads.ts"
export type { StoredCredential } from "./ledger/stored-credentials.ts"
export type { Approved } from "./ledger/approvals.ts"
export type { CreateResult, NewJob } from "./ledger/create-job.ts"
export type { BudgetLimits, SpendScope } from "./ledger/budget.ts"
export { fingerprintOf, sha256Hex } from "./ledger/fingerprint.ts"
export type { Lease, QuarantinedRow } from "./ledger/job-record.ts"
export { isFinishedState, jobStates } from "./ledger/job-state.ts"
export type { LeaseRequest, UnfinishedFilter } from "./ledger/leases.ts"
export { lazyLedger } from "./ledger/lazy-ledger.ts"
export { Ledger } from "./ledger/ledger.ts"
export type { JobChanges } from "./ledger/transition-job.ts"
export { type AuditEntry, AuditLog } from "./ledger/audit-log.ts"
export { ProgressWatch } from "./progress-watch.ts"
