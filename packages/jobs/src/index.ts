export {
  type FetchPolicy,
  type FetchProgress,
  FileHost,
  type MediaSource,
  type Preview,
  type SavedFile
} from "@klingkit/media"
export { Account } from "./accounts/account.ts"
export {
  accountName,
  jobFolders,
  type JobFolders,
  type JobsConfig,
  jobsConfig,
  organizationName,
  repeatWithin
} from "./config.ts"
export { PipelineStepView, PipelineView } from "./pipeline-view.ts"
export type { SavedResult } from "./downloads.ts"
export type { PipelineIdentity, PipelineQuote, QuotedStep } from "./pipelines/quote-pipeline.ts"
export { Pipelines, type ResumePipelineOptions } from "./pipelines/pipelines.ts"
export { JobError, type JobErrorReason } from "./job-error.ts"
export { type DownloadedJob, downloadJobs, type DownloadJobsOptions, withLatestLinks } from "./download-jobs.ts"
export { type AwaitedJob, waitForJob, waitForJobs, type WaitForJobsOptions } from "./wait-for-jobs.ts"
export type { DownloadOptions } from "./results/download-job.ts"
export { Job, QueuePosition, promptOfJob, quoteOfJob, receiptOfJob, requestOfJob, type Take } from "./job.ts"
export { moneyOfJob, totalMoney } from "./job-money.ts"
export type { Resolution } from "./orphans/orphans.ts"
export { Jobs, type RunOptions } from "./jobs.ts"
export type { RepeatPlan } from "./repeat-request.ts"
export { Recovery } from "./recovery/recovery.ts"
export { JobsSettings } from "./settings.ts"
export { LedgerSource } from "./ledger/ledger-source.ts"
export { type ApprovalLimit, type SpendLimits, spendLimits } from "./spend-limits.ts"
export { type RunResult, startedJob } from "./submit/run-result.ts"
export type { QuoteCheck, SpendReport } from "./submit/spend-gate.ts"
export type { SpendSearch, SpendTime } from "./spend-period.ts"
export {
  spendGroupings,
  type PeriodSpend,
  type RequestsSpend,
  type SpendGroup,
  type SpendGrouping
} from "./ledger/period-spend.ts"
export type { BudgetLine } from "./ledger/budget-line.ts"
export { Budget, BudgetState } from "./ledger/budget-state.ts"
export { DaySpend } from "./ledger/day-spend.ts"
export { ApprovalQuestion, type ApprovalRequest } from "./ledger/approval-requests.ts"
export { UserApprovals } from "./user-approvals.ts"
export type { JobFilter, JobPage } from "./ledger/find-jobs.ts"
export { type JobFile, JobRecord } from "./ledger/job-record.ts"
export type { JobState } from "./ledger/job-state.ts"
export { LedgerError, type LedgerErrorReason } from "./ledger/ledger-error.ts"
