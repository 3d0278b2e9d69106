import type { Charge } from "@klingkit/core"
import { parseJson } from "@klingkit/core/internal"
import { Clock, Context, Effect, Layer, Schema } from "effect"
import type { SqlClient } from "effect/sql/SqlClient"
import {
  type AccountFacts,
  findCredential,
  hasOthers,
  type KnownCredential,
  linkAccounts,
  registerAccount,
  relationBetween
} from "./accounts.ts"
import type { AccountRelation } from "./account-relation.ts"
import { type AccessKeyRepository, accessKeyRepository } from "./access-keys.ts"
import {
  type ApprovalQuestion,
  type ApprovalRequest,
  findApprovalRequests,
  grantApproval,
  requestApproval
} from "./approval-requests.ts"
import { type Approved, consumeApproval, issueApproval, revokeApproval } from "./approvals.ts"
import { type BudgetLimits, dayOf, type Days, daySpend, type SpendScope } from "./budget.ts"
import { type BudgetRepository, budgetRepository, logAlertsOf } from "./budgets.ts"
import { createJob, type CreateResult, type NewJob } from "./create-job.ts"
import { type ApprovalOfTakes, createTakes, type NewTakes, runningTakes } from "./create-takes.ts"
import { type Announcements, LedgerDatabase, type LedgerOptions } from "./database.ts"
import type { DaySpend } from "./day-spend.ts"
import { getJob, type JobFilter, type JobPage, listJobs } from "./find-jobs.ts"
import { addFiles } from "./job-files.ts"
import type { JobFile, JobRecord, Lease } from "./job-record.ts"
import type { JobState } from "./job-state.ts"
import { claimPolls, markAcknowledged, markCallbackReceived, markQueued } from "./job-timestamps.ts"
import {
  claimJob,
  claimUnfinished,
  findUnfinished,
  type LeaseRequest,
  nextRecoveryAt,
  type RecoveryFilter,
  releaseLease,
  renewLeases,
  type UnfinishedFilter
} from "./leases.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { migrate } from "./migrations.ts"
import { countUnfinished, type UnfinishedCount } from "./count-unfinished.ts"
import { adoptTask, jobsInDoubt, takenTasks } from "./orphaned-tasks.ts"
import { type PeriodSpend, periodSpend, type ReportGrouping, reportSpend, type SpendGrouping } from "./period-spend.ts"
import { type PipelineLedger, pipelineLedger } from "./pipeline-ledger.ts"
import { type QueueState, readQueue } from "./queue-keys.ts"
import { makeNotifications } from "../notifications.ts"
import { addLateResults, claimRecheck, dueRechecks, type LateResults } from "./recheck-jobs.ts"
import { purgeBefore } from "./retention.ts"
import { type StoredCredentialRepository, storedCredentialRepository } from "./stored-credentials.ts"
import { type JobChanges, recordCharge, transitionJob } from "./transition-job.ts"
import { type UploadRepository, uploadRepository } from "./uploads.ts"
import { type WebhookLedger, webhookLedger } from "./webhook-ledger.ts"

/** The durable record of paid requests, shared by every process that opens it. Whatever a method has returned survives a crash. */
export class Ledger extends Context.Service<
  Ledger,
  {
    /** Persists a request before it is sent, within its limits; or finds the job it duplicates. */
    createJob(newJob: NewJob): Effect.Effect<CreateResult, LedgerError>
    /** Persists several takes of one request, all or none: limits and approval are for the whole. */
    createTakes(takes: NewTakes, approved?: ApprovalOfTakes): Effect.Effect<ReadonlyArray<CreateResult>, LedgerError>
    /** Those of the takes that Kling has, by handle: some may have ended while no process polled them. */
    runningTakes(takes: NewTakes): Effect.Effect<ReadonlyArray<string>, LedgerError>
    /** Moves a job from one of the states `from` to `to`, or says why not. */
    transition(
      handle: string,
      from: ReadonlyArray<JobState>,
      to: JobState,
      changes?: JobChanges
    ): Effect.Effect<JobRecord, LedgerError>
    /** The request's input, kept for as long as it may have to be sent. */
    input(handle: string): Effect.Effect<Readonly<Record<string, unknown>>, LedgerError>
    /** Claims a job for this process; the record holds its new lease. */
    claim(handle: string, request: LeaseRequest): Effect.Effect<JobRecord, LedgerError>
    /** Claims unfinished jobs that no process holds, those with the fewest turns so far first. */
    claimUnfinished(
      filter: UnfinishedFilter,
      request: LeaseRequest
    ): Effect.Effect<ReadonlyArray<JobRecord>, LedgerError>
    /** Extends the leases that a process still has on these jobs. */
    renew(handles: ReadonlyArray<string>, request: LeaseRequest): Effect.Effect<void, LedgerError>
    release(handle: string, lease: Lease): Effect.Effect<void, LedgerError>
    /** Unfinished jobs that no process holds. */
    unfinished(filter?: UnfinishedFilter): Effect.Effect<ReadonlyArray<JobRecord>, LedgerError>
    /** Jobs of an account, of any principal, first sent in this time, whose task is not known, or not yet. */
    inDoubt(
      account: string,
      sent: { readonly from: number; readonly until: number }
    ): Effect.Effect<ReadonlyArray<JobRecord>, LedgerError>
    /** Those of these tasks of Kling that belong to a job, of any principal, with its handle. */
    takenTasks(taskIds: ReadonlyArray<string>): Effect.Effect<ReadonlyMap<string, string>, LedgerError>
    /** Gives a job of unknown outcome its task, unless another job has it. */
    adoptTask(handle: string, taskId: string, lease?: Lease): Effect.Effect<JobRecord, LedgerError>
    /** When recovery next has work, in milliseconds since 1970; 0 for now, nothing if there is none. */
    nextRecoveryAt(filter: RecoveryFilter): Effect.Effect<number | undefined, LedgerError>
    /** Claims the next poll of each job that no process has polled within `freshMillis`. */
    claimPolls(
      handles: ReadonlyArray<string>,
      freshMillis: number
    ): Effect.Effect<ReadonlyArray<JobRecord>, LedgerError>
    /** Claims the next poll of a success that lacks results or its bill; nothing if it is not due, or claimed elsewhere. */
    claimRecheck(record: JobRecord): Effect.Effect<JobRecord | undefined, LedgerError>
    /** Successes of an account, created after `after`, that are due for another poll. */
    dueRechecks(filter: {
      readonly account: string
      readonly after: number
      readonly limit: number
    }): Effect.Effect<ReadonlyArray<JobRecord>, LedgerError>
    /** Adds results, newer links to them and a bill to a success; less than it has changes nothing. */
    addLateResults(handle: string, late: LateResults): Effect.Effect<JobRecord, LedgerError>
    /** A caller has the handle: an orphaned request is sent, not closed. */
    markAcknowledged(handle: string): Effect.Effect<void, LedgerError>
    /** The request waits for a concurrency slot. */
    markQueued(handle: string, lease: Lease): Effect.Effect<void, LedgerError>
    /** Kling has called back about a task of the account, by handle or task id; returns its job, of any principal. */
    markCallbackReceived(account: string, id: string): Effect.Effect<JobRecord, LedgerError>
    /** How many jobs have not ended, of all accounts and principals. */
    readonly countUnfinished: Effect.Effect<ReadonlyArray<UnfinishedCount>, LedgerError>
    /** Which requests of a queue key hold concurrency slots, and which wait for one. */
    queue(account: string, queueKey: string): Effect.Effect<QueueState, LedgerError>
    /** By handle or by Kling's task id; `principal` defaults to `local`. */
    get(id: string, principal?: string): Effect.Effect<JobRecord, LedgerError>
    list(filter?: JobFilter): Effect.Effect<JobPage, LedgerError>
    /** Records what Kling charged, as soon as it is known. */
    recordCharge(handle: string, charges: ReadonlyArray<Charge>): Effect.Effect<JobRecord, LedgerError>
    /** What today's requests (UTC) cost, or may still cost: what counts against the limits, and what is left of them. */
    daySpend(scope: SpendScope, limits?: BudgetLimits): Effect.Effect<DaySpend, LedgerError>
    /** The same of several days; in groups where that is asked for. */
    periodSpend(scope: SpendScope, days: Days, by?: SpendGrouping): Effect.Effect<PeriodSpend, LedgerError>
    /** The same of everyone, except those who pay from a Kling account of their own. */
    reportSpend(days: Days, by: ReportGrouping): Effect.Effect<PeriodSpend, LedgerError>
    /** A token that approves one such request, once. */
    issueApproval(approved: Approved, validSeconds: number): Effect.Effect<string, LedgerError>
    consumeApproval(token: string, approved: Approved): Effect.Effect<void, LedgerError>
    /** Invalidates a token or, by its code, a question. */
    revokeApproval(token: string): Effect.Effect<void, LedgerError>
    /** A question to the user; the same one while it is open or granted. Its code is consumed like a token once it is granted. */
    requestApproval(
      approved: Approved,
      question: ApprovalQuestion,
      validSeconds: number
    ): Effect.Effect<ApprovalRequest, LedgerError>
    /** Open and granted questions to a principal; with a code only that one. */
    approvalRequests(principal: string, code?: string): Effect.Effect<ReadonlyArray<ApprovalRequest>, LedgerError>
    /** The user's yes. False if there is no such question any more. */
    grantApproval(principal: string, code: string, validSeconds: number): Effect.Effect<boolean, LedgerError>
    /** What is known of a credential, which is what `account` means everywhere else; nothing when it is new here. */
    credential(credential: string): Effect.Effect<KnownCredential | undefined, LedgerError>
    /** Whether it has jobs or pipelines of other credentials. */
    hasOthers(credential: string): Effect.Effect<boolean, LedgerError>
    /** Records what is known of a credential; from then on it finds the jobs of all credentials of its account. */
    registerAccount(facts: AccountFacts): Effect.Effect<void, LedgerError>
    /** The user says that two credentials are of one account. */
    linkAccounts(credential: string, other: string): Effect.Effect<void, LedgerError>
    /** Whether two credentials are of one account. */
    accountRelation(credential: string, other: string): Effect.Effect<AccountRelation, LedgerError>
    /** Adds saved files; a file saved again to the same path replaces its entry. */
    addFiles(handle: string, files: ReadonlyArray<JobFile>): Effect.Effect<JobRecord, LedgerError>
    /** Tells those who wait for a job that it has changed: in this process, and in others where the database can. */
    announce(handle: string): Effect.Effect<void, LedgerError>
    /** Ends at the next announced change of a job. An announcement may be lost: who waits also looks by itself. */
    changed(handle: string): Effect.Effect<void>
    /** Several paid steps under one handle. */
    readonly pipelines: PipelineLedger
    /** What people may spend. */
    readonly budgets: BudgetRepository
    /** Who may call a hosted server. */
    readonly accessKeys: AccessKeyRepository
    readonly webhooks: WebhookLedger
    /** The Kling credentials of its callers. */
    readonly storedCredentials: StoredCredentialRepository
    /** What its callers upload. */
    readonly uploads: UploadRepository
    /** Deletes finished jobs that ended before a time in milliseconds since 1970; returns how many. */
    purgeBefore(time: number): Effect.Effect<number, LedgerError>
  }
>()("@klingkit/jobs/Ledger") {
  /** Over any SQLite or PostgreSQL client; `@klingkit/jobs/sqlite` and `/postgres` provide one. */
  static readonly layer = (options: LedgerOptions = {}): Layer.Layer<Ledger, LedgerError, SqlClient> =>
    Layer.effect(Ledger, Effect.andThen(migrate, make(options.announcements))).pipe(
      Layer.provide(LedgerDatabase.layer(options))
    )
}

const decodeBody = Schema.decodeUnknownEffect(Schema.Record(Schema.String, Schema.Unknown))

const make = Effect.fnUntraced(function* (given: Announcements | undefined) {
  const database = yield* LedgerDatabase
  const announcements = given ?? (yield* makeNotifications)
  const before = database.guard(true)
  const work = database.guard(false)

  const input = Effect.fnUntraced(function* (handle: string) {
    const [row] = yield* database.sql<{ body: string }>`SELECT body FROM klingkit_bodies WHERE handle = ${handle}`
    if (row === undefined) return yield* ledgerError({ _tag: "NotFound", id: handle })
    const quarantined = () => ledgerError({ _tag: "Quarantined", handle, detail: "its request is not a JSON object" })
    const parsed = yield* Effect.try({ try: () => parseJson(row.body), catch: quarantined })
    return yield* Effect.mapError(decodeBody(parsed), quarantined)
  })

  return Ledger.of({
    createJob: (newJob) =>
      before(createJob(database, newJob)).pipe(Effect.tap(logAlertsOf), Effect.withSpan("Ledger.createJob")),
    createTakes: (...takes) =>
      before(createTakes(database, ...takes)).pipe(
        Effect.tap((created) => Effect.forEach(created, logAlertsOf)),
        Effect.withSpan("Ledger.createTakes")
      ),
    runningTakes: (takes) => work(runningTakes(database, takes)),
    transition: (handle, from, to, changes = {}) =>
      work(transitionJob(database, handle, from, to, changes)).pipe(Effect.withSpan("Ledger.transition")),
    input: (handle) => work(input(handle)),
    claim: (handle, request) => work(claimJob(database, handle, request)),
    claimUnfinished: (filter, request) => work(claimUnfinished(database, filter, request)),
    renew: (handles, request) => work(renewLeases(database, handles, request)),
    release: (handle, lease) => work(releaseLease(database, handle, lease)),
    inDoubt: (account, sent) => work(jobsInDoubt(database, account, sent)),
    takenTasks: (taskIds) => work(takenTasks(database, taskIds)),
    adoptTask: (handle, taskId, lease) => work(adoptTask(database, handle, taskId, lease)),
    claimPolls: (handles, freshMillis) => work(claimPolls(database, handles, freshMillis)),
    claimRecheck: (record) => work(claimRecheck(database, record)),
    dueRechecks: (filter) => work(dueRechecks(database, filter)),
    addLateResults: (handle, late) => work(addLateResults(database, handle, late)),
    markAcknowledged: (handle) => work(markAcknowledged(database, handle)),
    markQueued: (handle, lease) => work(markQueued(database, handle, lease)),
    markCallbackReceived: (account, id) => work(markCallbackReceived(database, account, id)),
    countUnfinished: work(countUnfinished(database)),
    queue: (account, queueKey) => work(readQueue(database, account, queueKey)),
    unfinished: (filter = {}) => work(findUnfinished(database, filter)),
    nextRecoveryAt: (filter) => work(nextRecoveryAt(database, filter)),
    get: (id, principal = "local") => work(getJob(database, id, principal)),
    list: (filter = {}) => work(listJobs(database, filter)),
    recordCharge: (handle, charges) => work(recordCharge(database, handle, charges)),
    daySpend: (scope, limits) =>
      work(Effect.flatMap(Clock.currentTimeMillis, (now) => daySpend(database, scope, dayOf(now), limits))),
    periodSpend: (scope, days, by) => work(periodSpend(database, scope, days, by)),
    reportSpend: (days, by) => work(reportSpend(database, days, by)),
    issueApproval: (approved, validSeconds) => before(issueApproval(database, approved, validSeconds)),
    consumeApproval: (token, approved) => before(consumeApproval(database, token, approved)),
    revokeApproval: (token) => before(revokeApproval(database, token)),
    requestApproval: (...asked) => before(requestApproval(database, ...asked)),
    approvalRequests: (...search) => before(findApprovalRequests(database, ...search)),
    grantApproval: (...granted) => before(grantApproval(database, ...granted)),
    credential: (credential) => before(findCredential(database, credential)),
    hasOthers: (credential) => before(hasOthers(database, credential)),
    registerAccount: (facts) => before(registerAccount(database, facts)),
    linkAccounts: (...credentials) => before(linkAccounts(database, ...credentials)),
    accountRelation: (...credentials) => before(relationBetween(database, ...credentials)),
    addFiles: (handle, files) => work(addFiles(database, handle, files)),
    announce: (handle) => work(announcements.notify(handle)),
    changed: (handle) => announcements.await(handle),
    budgets: budgetRepository(database),
    accessKeys: accessKeyRepository(database),
    webhooks: webhookLedger(database),
    storedCredentials: storedCredentialRepository(database),
    uploads: uploadRepository(database),
    pipelines: pipelineLedger(database),
    purgeBefore: (time) => work(purgeBefore(database, time))
  })
})
