import { Kling, type KlingError, type Plan } from "@klingkit/core"
import { Context, Effect, Fiber, Layer } from "effect"
import { Account } from "../accounts/account.ts"
import type { Job } from "../job.ts"
import type { JobError } from "../job-error.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { Orphans } from "../orphans/orphans.ts"
import { Queues } from "../queue/queues.ts"
import { JobsSettings } from "../settings.ts"
import { Snapshots } from "../snapshots/snapshots.ts"
import { callJob, type CallJobOptions } from "./call-job.ts"
import { ConcurrencyLimiter } from "./concurrency-limiter.ts"
import { ProcessLeases } from "./process-leases.ts"
import type { CallResult } from "./run-result.ts"
import { type JobToSend, sendJob } from "./send-job.ts"
import { Sends } from "./sends.ts"
import { SpendGate } from "./spend-gate.ts"
import { submitJob, type SubmitJobOptions } from "./submit-job.ts"
import { type PlanOfTakes, submitTakes } from "./submit-takes.ts"

type SubmissionError = KlingError | JobError | LedgerError

/** Sends paid requests: each persisted first, within the limits, and at most once. */
export class Submission extends Context.Service<
  Submission,
  {
    /**
     * Submits the plan of a task once; an identical request shortly after returns the same job. Interrupting the caller does
     * not interrupt the submission.
     */
    submit(plan: Plan, options?: SubmitJobOptions): Effect.Effect<Job, SubmissionError>
    /** Submits several takes of a request, limited and approved as a whole. The job has all of them in `takes`. */
    submitTakes(plan: PlanOfTakes, options?: SubmitJobOptions): Effect.Effect<Job, SubmissionError>
    /** Makes a paid synchronous call. It is never sent twice. */
    call(plan: Plan, options?: CallJobOptions): Effect.Effect<CallResult, SubmissionError>
    /** Sends a job that another process has orphaned, or looks up its task if it may have been sent. */
    resend(job: JobToSend): Effect.Effect<unknown, KlingError>
  }
>()("@klingkit/jobs/Submission") {
  static readonly layer: Layer.Layer<
    Submission,
    never,
    | Account
    | Kling
    | Ledger
    | Orphans
    | Queues
    | Snapshots
    | ConcurrencyLimiter
    | ProcessLeases
    | Sends
    | SpendGate
    | JobsSettings
  > = Layer.effect(
    Submission,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const needs = [
    Account,
    Kling,
    Ledger,
    Orphans,
    Queues,
    Snapshots,
    ConcurrencyLimiter,
    ProcessLeases,
    Sends,
    SpendGate,
    JobsSettings
  ] as const
  const services = Context.pick(...needs)(yield* Effect.context<Context.Service.Identifier<(typeof needs)[number]>>())
  const sends = Context.get(services, Sends)

  return Submission.of({
    submit: (plan, options) => Effect.provideContext(submitJob(plan, options), services),
    submitTakes: (plan, options) => Effect.provideContext(submitTakes(plan, options), services),
    call: (plan, options) => Effect.provideContext(callJob(plan, options), services),
    resend: (job) =>
      sends.fork((progress) => sendJob(job, progress)).pipe(Effect.flatMap(Fiber.join), Effect.provideContext(services))
  })
})
