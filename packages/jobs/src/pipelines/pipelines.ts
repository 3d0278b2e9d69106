import { isFinished, type KlingError, maxUsd, mintHandle } from "@klingkit/core"
import type { PipelinePlan } from "@klingkit/core/requests"
import {
  Clock,
  Context,
  Duration,
  Effect,
  Exit,
  Fiber,
  FiberSet,
  Latch,
  Layer,
  Option,
  PubSub,
  RcMap,
  Schedule,
  Stream,
  Struct
} from "effect"
import { Account } from "../accounts/account.ts"
import { alertsOf, asDuplicate, type Job } from "../job.ts"
import type { JobError } from "../job-error.ts"
import type { Approved } from "../ledger/approvals.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import type { ResumedPipeline } from "../ledger/pipeline-repository.ts"
import { Polling } from "../polling/polling.ts"
import { Recovery } from "../recovery/recovery.ts"
import { JobsSettings } from "../settings.ts"
import { SpendGate } from "../submit/spend-gate.ts"
import { Submission } from "../submit/submission.ts"
import { pipelineJob } from "./pipeline-job.ts"
import {
  type PipelineIdentity,
  type PipelineQuote,
  type PipelineRequest,
  quoteOfRequest,
  requestPipeline,
  unquotedByResume
} from "./quote-pipeline.ts"
import { runPipeline } from "./run-pipeline.ts"

export interface StartPipelineOptions extends PipelineIdentity {
  /** The user has seen the price and approved it. */
  readonly isApproved?: boolean
  /** A token of `Jobs.approve`, in place of the user's approval. */
  readonly approval?: string
  /** Receives the handle once the pipeline is persisted, before its first step is. */
  readonly onHandle?: (handle: string) => Effect.Effect<void>
}

export interface ResumePipelineOptions {
  /** Also repeats steps whose outcome is unknown: they may be charged twice. */
  readonly repeatUnknown?: boolean
  /** The user agrees to pay again for steps that failed or whose outcome is unknown, whatever that costs. */
  readonly isApproved?: boolean
}

export type PipelineError = KlingError | JobError | LedgerError

type Needs = Account | Ledger | Polling | Recovery | SpendGate | Submission | JobsSettings

/** Several paid steps under one handle: started as a whole, and advanced by every process that follows them. */
export class Pipelines extends Context.Service<
  Pipelines,
  {
    /** Starts several paid steps as one request, limited as a whole; it runs until it ends or a step fails. */
    start(plan: PipelinePlan, options?: StartPipelineOptions): Effect.Effect<Job, PipelineError>
    /** What it would pay now, and what is already made. Reserves nothing, sends nothing. */
    quote(plan: PipelinePlan, options?: PipelineIdentity): Effect.Effect<PipelineQuote, PipelineError>
    /** What an approval is for: what it would pay now. */
    approvedOf(plan: PipelinePlan, options?: PipelineIdentity): Effect.Effect<Approved, PipelineError>
    /** Resumes a pipeline whose step has failed; paid steps are not paid again. */
    resume(handle: string, options?: ResumePipelineOptions): Effect.Effect<Job, PipelineError>
    /** The current state; sends nothing. */
    status(handle: string): Effect.Effect<Job, LedgerError>
    /** The pipeline every second until it has ended. A process that follows it also runs it. */
    follow(handle: string): Stream.Stream<Job, LedgerError>
    /** The pipelines in the ledger, newest first. */
    readonly list: Effect.Effect<ReadonlyArray<Job>, LedgerError>
  }
>()("@klingkit/jobs/Pipelines") {
  static readonly layer: Layer.Layer<Pipelines, never, Needs> = Layer.effect(
    Pipelines,
    Effect.suspend(() => make)
  )
}

/** A pipeline that this process runs. `allSent` opens once its last step was sent, or it has ended. */
interface ActiveRun {
  readonly fiber: Fiber.Fiber<void, LedgerError>
  readonly allSent: Latch.Latch
}

/** How long `start` waits before it returns the handle: a step that is refused immediately is reported immediately. */
const firstAnswerSeconds = 1.5

const make = Effect.gen(function* () {
  const services = Context.pick(
    Account,
    Ledger,
    Polling,
    Recovery,
    SpendGate,
    Submission,
    JobsSettings
  )(yield* Effect.context<Needs>())
  const account = yield* Account
  const ledger = yield* Ledger
  const polling = yield* Polling
  const recovery = yield* Recovery
  const gate = yield* SpendGate
  const { principal, limits, isLongRunning = false } = yield* JobsSettings
  // Closing ends the runs of this process, not the pipelines.
  const fibers = yield* FiberSet.make<void, LedgerError>()

  const startRun = Effect.fnUntraced(function* (handle: string): Effect.fn.Return<ActiveRun> {
    const allSent = yield* Latch.make(false)
    const ended = Effect.andThen(RcMap.invalidate(activeRuns, handle), allSent.open)
    const running = Effect.scoped(
      Effect.andThen(recovery.hold, whileSilent(Effect.provideContext(runPipeline(handle, allSent), services)))
    )
    return { allSent, fiber: yield* FiberSet.run(fibers, Effect.ensuring(running, ended)) }
  })
  const activeRuns: RcMap.RcMap<string, ActiveRun> = yield* RcMap.make({
    lookup: startRun,
    idleTimeToLive: Duration.infinity
  })
  /** Runs a pipeline in the background, unless this process already does. */
  const run = (handle: string) => Effect.scoped(RcMap.get(activeRuns, handle))

  const jobOf = Effect.fnUntraced(function* (handle: string): Effect.fn.Return<Job, LedgerError> {
    const pipeline = yield* ledger.pipelines.get(handle, principal)
    return pipelineJob(pipeline, yield* ledger.pipelines.jobs(handle), yield* Clock.currentTimeMillis)
  })

  const requestOf = (plan: PipelinePlan, options: PipelineIdentity = {}) =>
    Effect.flatMap(mintHandle("chain"), (handle) => requestPipeline(plan, handle, options)).pipe(
      Effect.provideContext(services)
    )

  const start = Effect.fn("Jobs.startPipeline")(function* (
    plan: PipelinePlan,
    options: StartPipelineOptions = {}
  ): Effect.fn.Return<Job, PipelineError> {
    const { approval, retryFailed = true } = options
    const request = yield* requestOf(plan, options)
    const { newPipeline, unpaid, earlier } = request
    const isStopped = earlier?.state === "STOPPED"
    // A pipeline that was approved once continues without another approval.
    if (request.isUnapproved && isStopped) {
      yield* gate.requireApproval(unpaid.quote, options)
      if (approval !== undefined) yield* ledger.consumeApproval(approval, approvedOf(request))
    }
    const approved = request.isUnapproved ? options : { isApproved: true }
    const created =
      earlier === undefined
        ? yield* gate.admit(unpaid.quote, approved, (unapproved) =>
            ledger.pipelines.create({ ...newPipeline, ...unapproved, ...(approval === undefined ? {} : { approval }) })
          )
        : { ...Struct.pick(request, ["nextTake"]), pipeline: earlier, isNew: false }
    const { handle } = created.pipeline
    if (options.onHandle !== undefined) yield* options.onHandle(handle)
    const pipeline: ResumedPipeline =
      created.pipeline.state === "STOPPED"
        ? yield* ledger.pipelines.resume(created.pipeline, { limits, retryFailed })
        : created.pipeline
    if (pipeline.state === "RUNNING") {
      const { allSent } = yield* run(handle)
      yield* Effect.timeoutOption(allSent.await, firstAnswerSeconds * 1000)
    }
    return {
      ...(yield* jobOf(handle)),
      ...(created.isNew ? {} : asDuplicate(created)),
      ...alertsOf(created),
      ...alertsOf(pipeline)
    }
  })

  const resume = Effect.fn("Jobs.resumePipeline")(function* (
    handle: string,
    options: ResumePipelineOptions = {}
  ): Effect.fn.Return<Job, PipelineError> {
    const { isApproved = false, repeatUnknown = false } = options
    const pipeline = yield* ledger.pipelines.get(handle, principal)
    const unquoted = yield* Effect.provideService(unquotedByResume(pipeline, repeatUnknown), Ledger, ledger)
    if (unquoted !== undefined) yield* gate.requireApproval(unquoted, { isApproved })
    const resumed = yield* ledger.pipelines.resume(pipeline, { repeatUnknown, limits })
    yield* run(handle)
    return { ...(yield* jobOf(handle)), ...alertsOf(resumed) }
  })

  const status = Effect.fn("Jobs.pipelineStatus")(function* (handle: string): Effect.fn.Return<Job, LedgerError> {
    const jobs = yield* ledger.pipelines.jobs(handle)
    const atKling = jobs.filter(
      ({ state, recheckAt }) => state === "ACCEPTED" || state === "RUNNING" || recheckAt !== undefined
    )
    yield* Effect.forEach(atKling, (job) => Effect.ignore(polling.status(job.handle)), {
      concurrency: "unbounded",
      discard: true
    })
    return yield* jobOf(handle)
  })

  const follow = (handle: string): Stream.Stream<Job, LedgerError> =>
    Stream.unwrap(
      Effect.gen(function* () {
        yield* ledger.pipelines.get(handle, principal)
        const { fiber } = yield* run(handle)
        return Stream.paginate(true, (isFirst) =>
          Effect.gen(function* () {
            if (!isFirst) yield* Effect.raceFirst(Effect.sleep("1 second"), Fiber.await(fiber))
            const job = yield* whileSilent(jobOf(handle))
            const exit = fiber.pollUnsafe()
            if (!isFinished(job.task) && exit !== undefined && Exit.isFailure(exit)) {
              return yield* Effect.failCause(exit.cause)
            }
            const isOver = isFinished(job.task) || exit !== undefined
            return [[job], isOver ? Option.none<boolean>() : Option.some(false)] as const
          })
        )
      })
    )

  /** Runs the unfinished pipelines of this account. */
  const resumeOrphaned = Effect.gen(function* () {
    const orphaned = yield* ledger.pipelines.list({
      principal,
      account: yield* account.current,
      states: ["RUNNING"],
      limit: 100
    })
    yield* Effect.forEach(orphaned, ({ handle }) => run(handle), { discard: true })
  })

  const list = Effect.gen(function* () {
    const pipelines = yield* ledger.pipelines.list({ principal })
    return yield* Effect.forEach(pipelines, ({ handle }) => jobOf(handle))
  })

  if (isLongRunning) {
    const turns = yield* recovery.turns
    yield* PubSub.take(turns).pipe(Effect.andThen(Effect.ignore(resumeOrphaned)), Effect.forever, Effect.forkScoped)
  }

  return Pipelines.of({
    start,
    quote: (plan, options) => Effect.map(requestOf(plan, options), quoteOfRequest),
    approvedOf: (plan, options) => Effect.map(requestOf(plan, options), approvedOf),
    resume,
    status,
    follow,
    list
  })
})

/** What an approval of a pipeline is bound to: what is paid now, at its price. */
const approvedOf = ({ newPipeline }: PipelineRequest): Approved => {
  const { principal, fingerprint, approvalFingerprint = fingerprint, quote } = newPipeline
  const quoteUsd = maxUsd(quote)
  return { principal, fingerprint: approvalFingerprint, ...(quoteUsd === undefined ? {} : { quoteUsd }) }
}

/** Again until the ledger's server answers: what runs at Kling keeps running, and who waits sets their own limit. */
const whileSilent = <A, R>(work: Effect.Effect<A, LedgerError, R>): Effect.Effect<A, LedgerError, R> =>
  Effect.retry(work, {
    schedule: Schedule.spaced("1 second"),
    while: ({ reason }) => reason._tag === "NotResponding"
  })
