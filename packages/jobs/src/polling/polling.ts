import { type AnyOperation, type CallbackError, Kling, type KlingError } from "@klingkit/core"
import { Context, Effect, Layer, Stream } from "effect"
import { Account } from "../accounts/account.ts"
import type { Job } from "../job.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { Queues } from "../queue/queues.ts"
import { Recovery } from "../recovery/recovery.ts"
import { JobsSettings } from "../settings.ts"
import { Snapshots } from "../snapshots/snapshots.ts"
import { findByResult } from "./find-by-result.ts"
import { followJob } from "./follow-job.ts"
import { jobStatus } from "./job-status.ts"
import { makePoller } from "./poller.ts"
import { pollDue } from "./poll-due.ts"
import { type Callback, receiveCallback } from "./receive-callback.ts"

type Needs = Account | Kling | Ledger | Queues | Recovery | Snapshots | JobsSettings

/** Learns the state of single jobs; those of pipelines are derived from their steps. */
export class Polling extends Context.Service<
  Polling,
  {
    /** By handle, by Kling's task id, or by the id of one of its results. */
    status(id: string): Effect.Effect<Job, KlingError>
    /** The job at every poll, until it has finished. All who wait share their polls. */
    follow(id: string, operation?: AnyOperation): Stream.Stream<Job, KlingError>
    /** Polls the running tasks of the account whose next poll is due. */
    readonly pollDue: Effect.Effect<void, LedgerError>
    /** Handles a callback of Kling; returns whether it concerns a job of this ledger. */
    receiveCallback(callback: Callback): Effect.Effect<boolean, CallbackError | LedgerError>
  }
>()("@klingkit/jobs/Polling") {
  static readonly layer: Layer.Layer<Polling, never, Needs> = Layer.effect(
    Polling,
    Effect.suspend(() => make)
  )
}

const isNotFound = (error: KlingError): boolean => error.reason._tag === "TaskNotFound"

const make = Effect.gen(function* () {
  const services = Context.pick(
    Account,
    Kling,
    Ledger,
    Queues,
    Recovery,
    Snapshots,
    JobsSettings
  )(yield* Effect.context<Needs>())
  const poller = yield* makePoller

  return Polling.of({
    status: (id) =>
      jobStatus(id).pipe(
        Effect.catchIf(isNotFound, () => findByResult(id)),
        Effect.provideContext(services)
      ),
    follow: (id, operation) =>
      followJob(poller, id, operation).pipe(
        Stream.catchIf(isNotFound, () => Stream.fromEffect(findByResult(id))),
        Stream.provideContext(services)
      ),
    pollDue: Effect.provideContext(pollDue, services),
    receiveCallback: (callback) => Effect.provideContext(receiveCallback(callback), services)
  })
})
