export {
  CallerFolders,
  DeniedAddress,
  denyAddress,
  denyUrl,
  type DenyReason,
  type FetchPolicy,
  type FetchProgress,
  FileHost,
  FolderDenied,
  type MediaFacts,
  type MediaSource,
  namePlaceholders,
  type OpenFolder,
  type Preview,
  probeMedia,
  safeFileName,
  type SavedFile,
  type Sha256,
  templateProblem
} from "@klingkit/media"
export { currentJob } from "./current-job.ts"
export { jobFolders, type JobFolders, type JobsConfig, jobsConfig } from "./config.ts"
export { PipelineStepView, PipelineView } from "./pipeline-view.ts"
export { stepFailure } from "./pipelines/pipeline-job.ts"
export { Pipelines, type ResumePipelineOptions } from "./pipelines/pipelines.ts"
export { paidText, type PaidStep } from "./ledger/quoted-money.ts"
export { jobError, JobError, type JobErrorReason } from "./job-error.ts"
export type { DownloadOptions } from "./results/download-job.ts"
export { Job, jobOfRecord, QueuePosition, quoteOfJob, receiptOfJob, statesOf } from "./job.ts"
export { Jobs, type RunOptions } from "./jobs.ts"
export { makePlanner, type Planner } from "./planner.ts"
export { Recovery } from "./recovery/recovery.ts"
export { JobsSettings } from "./settings.ts"
export { LedgerSource } from "./ledger/ledger-source.ts"
export { type ApprovalLimit, type SpendLimits, spendLimits } from "./spend-limits.ts"
export { describeQueuePosition } from "./queue/queue-position.ts"
export { jobOfResult, type RunResult, startedJob } from "./submit/run-result.ts"
export type { QuoteCheck } from "./submit/spend-gate.ts"
export type { Approved } from "./ledger/approvals.ts"
export type { CreateResult, NewJob } from "./ledger/create-job.ts"
export type { BudgetLimits, SpendScope } from "./ledger/budget.ts"
export type { JobFilter, JobPage } from "./ledger/find-jobs.ts"
export { fingerprintOf } from "./ledger/fingerprint.ts"
export { type JobFile, JobRecord, type Lease, type QuarantinedRow } from "./ledger/job-record.ts"
export { isFinishedState, type JobState, jobStates } from "./ledger/job-state.ts"
export type { LeaseRequest, UnfinishedFilter } from "./ledger/leases.ts"
export { Ledger } from "./ledger/ledger.ts"
export { LedgerError, type LedgerErrorReason } from "./ledger/ledger-error.ts"
export type { JobChanges } from "./ledger/transition-job.ts"
