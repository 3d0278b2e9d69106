import { type Charge, parseJson } from "@klingkit/core"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { type Approved, consumeApproval, issueApproval, withdrawApproval } from "./approvals.ts"
import { beginChain, type BegunChain, type ChainIntent, findChain } from "./begin-chain.ts"
import { beginJob, type Begun, type Intent } from "./begin-job.ts"
import { dayOf, type Purse, spentMicros } from "./budget.ts"
import type { ChainRecord } from "./chain-record.ts"
import { LedgerDatabase, type LedgerOptions } from "./database.ts"
import { getJob, type JobFilter, type JobPage, listJobs } from "./find-jobs.ts"
import { addFiles } from "./job-files.ts"
import type { JobFile, JobRecord, Lease } from "./job-record.ts"
import type { JobState } from "./job-state.ts"
import { type Lane, readLane } from "./lanes.ts"
import {
  claimJob,
  claimUnfinished,
  findUnfinished,
  type LeaseRequest,
  releaseLease,
  renewLease,
  type UnfinishedFilter
} from "./leases.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { migrate } from "./migrations.ts"
import { forgetBefore } from "./retention.ts"
import { claimLooks, markCalled, markPromised, markQueued } from "./row-marks.ts"
import {
  type ChainFilter,
  endChain,
  getChain,
  jobsOfChain,
  listChains,
  type Resume,
  resumeChain
} from "./step-chain.ts"
import { type JobChanges, settleJob, transitionJob } from "./transition-job.ts"

/** The part of the ledger that remembers chains. Their plans are read by `input`, their steps are jobs. */
export interface ChainLedger {
  /** Writes a chain down before its first step, within its limits as a whole; or finds the one that it already is. */
  begin(intent: ChainIntent): Effect.Effect<BegunChain, LedgerError>
  /** The one that an intent already is, if any. */
  find(intent: ChainIntent): Effect.Effect<ChainRecord | undefined, LedgerError>
  get(handle: string, principal: string): Effect.Effect<ChainRecord, LedgerError>
  /** Newest first. */
  list(filter: ChainFilter): Effect.Effect<ReadonlyArray<ChainRecord>, LedgerError>
  /** In the order in which they were begun; a step that was tried again has several. */
  jobs(handle: string): Effect.Effect<ReadonlyArray<JobRecord>, LedgerError>
  /** Nothing when it was resumed, or ended by another, since `chain` was read. */
  end(chain: ChainRecord, state: "STOPPED" | "SUCCEEDED", message?: string): Effect.Effect<void, LedgerError>
  /** Lets a stopped chain go on. */
  resume(chain: ChainRecord, options?: Resume): Effect.Effect<ChainRecord, LedgerError>
}

/** The durable memory of paid requests, shared by every program that opens it. What a method has answered survives a crash. */
export class Ledger extends Context.Service<
  Ledger,
  {
    /** Writes a request down before it is sent, within its limits; or finds the job that it already is. */
    begin(intent: Intent): Effect.Effect<Begun, LedgerError>
    /** Takes a job from one of the states `from` to `to`, or says why not. */
    transition(
      handle: string,
      from: ReadonlyArray<JobState>,
      to: JobState,
      changes?: JobChanges
    ): Effect.Effect<JobRecord, LedgerError>
    /** The request's input, as long as it may have to be sent. */
    input(handle: string): Effect.Effect<Readonly<Record<string, unknown>>, LedgerError>
    /** Takes a job for this process; its new lease is in the record. */
    claim(handle: string, request: LeaseRequest): Effect.Effect<JobRecord, LedgerError>
    /** Takes all unfinished jobs that nobody is at work on. */
    claimUnfinished(
      filter: UnfinishedFilter,
      request: LeaseRequest
    ): Effect.Effect<ReadonlyArray<JobRecord>, LedgerError>
    renew(handle: string, lease: Lease, seconds: number): Effect.Effect<void, LedgerError>
    release(handle: string, lease: Lease): Effect.Effect<void, LedgerError>
    /** Unfinished jobs that nobody is at work on. */
    unfinished(filter?: UnfinishedFilter): Effect.Effect<ReadonlyArray<JobRecord>, LedgerError>
    /** Takes the next look at each job that nobody has looked at within `freshMillis`. */
    claimLooks(
      handles: ReadonlyArray<string>,
      freshMillis: number
    ): Effect.Effect<ReadonlyArray<JobRecord>, LedgerError>
    /** From now on somebody counts on the request: whoever comes next goes on with it. */
    markPromised(handle: string): Effect.Effect<void, LedgerError>
    /** The request stands in line for a parallel place. */
    markQueued(handle: string, lease: Lease): Effect.Effect<void, LedgerError>
    /** Kling has called back about a task of the account, by handle or task id; answers its job, whoever's it is. */
    markCalled(account: string, id: string): Effect.Effect<JobRecord, LedgerError>
    /** Who holds the parallel places of a lane, and who waits for one. */
    lane(account: string, lane: string): Effect.Effect<Lane, LedgerError>
    /** By handle or by Kling's task id; `principal` is `local` when absent. */
    get(id: string, principal?: string): Effect.Effect<JobRecord, LedgerError>
    list(filter?: JobFilter): Effect.Effect<JobPage, LedgerError>
    /** Writes down what Kling took, as soon as it is known. */
    settle(handle: string, charges: ReadonlyArray<Charge>): Effect.Effect<JobRecord, LedgerError>
    /** What counts against today's limit (UTC). */
    spentTodayUsd(purse: Purse): Effect.Effect<number, LedgerError>
    /** A token that lets one such request pass, once. */
    issueApproval(approved: Approved, lifeSeconds: number): Effect.Effect<string, LedgerError>
    consumeApproval(token: string, approved: Approved): Effect.Effect<void, LedgerError>
    withdrawApproval(token: string): Effect.Effect<void, LedgerError>
    /** Adds saved files; one saved again to the same path replaces what was known of it. */
    addFiles(handle: string, files: ReadonlyArray<JobFile>): Effect.Effect<JobRecord, LedgerError>
    /** Several paid steps under one handle. */
    readonly chains: ChainLedger
    /** Forgets finished jobs that ended before a time in milliseconds since 1970; answers how many. */
    forgetBefore(time: number): Effect.Effect<number, LedgerError>
  }
>()("@klingkit/jobs/Ledger") {
  /** Over any SQLite or PostgreSQL client; `@klingkit/jobs/sqlite` and `/postgres` bring one along. */
  static readonly layer = (options: LedgerOptions = {}): Layer.Layer<Ledger, LedgerError, SqlClient> =>
    Layer.effect(Ledger, Effect.andThen(migrate, make)).pipe(Layer.provide(LedgerDatabase.layer(options)))
}

const make = Effect.gen(function* () {
  const database = yield* LedgerDatabase
  const before = database.guard(true)
  const work = database.guard(false)

  const input = Effect.fnUntraced(function* (handle: string) {
    const [row] = yield* database.sql<{ body: string }>`SELECT body FROM klingkit_bodies WHERE handle = ${handle}`
    if (row === undefined) return yield* ledgerError({ _tag: "NotFound", id: handle })
    return yield* Effect.try({
      try: () => parseJson(row.body) as Readonly<Record<string, unknown>>,
      catch: () => ledgerError({ _tag: "Quarantined", handle, detail: "the request's body is not JSON" })
    })
  })

  return Ledger.of({
    begin: (intent) => before(beginJob(database, intent)).pipe(Effect.withSpan("Ledger.begin")),
    transition: (handle, from, to, changes = {}) =>
      work(transitionJob(database, handle, from, to, changes)).pipe(Effect.withSpan("Ledger.transition")),
    input: (handle) => work(input(handle)),
    claim: (handle, request) => work(claimJob(database, handle, request)),
    claimUnfinished: (filter, request) => work(claimUnfinished(database, filter, request)),
    renew: (handle, lease, seconds) => work(renewLease(database, handle, lease, seconds)),
    release: (handle, lease) => work(releaseLease(database, handle, lease)),
    claimLooks: (handles, freshMillis) => work(claimLooks(database, handles, freshMillis)),
    markPromised: (handle) => work(markPromised(database, handle)),
    markQueued: (handle, lease) => work(markQueued(database, handle, lease)),
    markCalled: (account, id) => work(markCalled(database, account, id)),
    lane: (account, lane) => work(readLane(database, account, lane)),
    unfinished: (filter = {}) => work(findUnfinished(database, filter)),
    get: (id, principal = "local") => work(getJob(database, id, principal)),
    list: (filter = {}) => work(listJobs(database, filter)),
    settle: (handle, charges) => work(settleJob(database, handle, charges)),
    spentTodayUsd: (purse) =>
      Clock.currentTimeMillis.pipe(
        Effect.flatMap((now) => spentMicros(database, purse, dayOf(now))),
        Effect.map((spent) => spent / 1e6),
        work
      ),
    issueApproval: (approved, lifeSeconds) => before(issueApproval(database, approved, lifeSeconds)),
    consumeApproval: (token, approved) => before(consumeApproval(database, token, approved)),
    withdrawApproval: (token) => before(withdrawApproval(database, token)),
    addFiles: (handle, files) => work(addFiles(database, handle, files)),
    chains: {
      begin: (intent) => before(beginChain(database, intent)).pipe(Effect.withSpan("Ledger.beginChain")),
      find: (intent) => before(findChain(database, intent)),
      get: (handle, principal) => work(getChain(database, handle, principal)),
      list: (filter) => work(listChains(database, filter)),
      jobs: (handle) => work(jobsOfChain(database, handle)),
      end: (chain, state, message) => work(endChain(database, chain, state, message)),
      resume: (chain, options = {}) => before(resumeChain(database, chain, options))
    },
    forgetBefore: (time) => work(forgetBefore(database, time))
  })
})
