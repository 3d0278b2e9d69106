import { familyOfHandle, isFinished, type Kling, type KlingError, mintHandle } from "@klingkit/core"
import { Clock, Effect, Exit, Fiber, Latch, Option, type Scope, Stream } from "effect"
import type { Job } from "../job.ts"
import type { JobError } from "../job-error.ts"
import type { NewPipeline } from "../ledger/create-pipeline.ts"
import type { PipelineRecord } from "../ledger/pipeline-record.ts"
import { fingerprintOf } from "../ledger/fingerprint.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import type { SpendLimits } from "../spend-limits.ts"
import { requireApproval } from "../submit/approval.ts"
import { pipelineJob } from "./pipeline-job.ts"
import { type PipelinePlan, serializeSteps, toPlan } from "@klingkit/core/requests"
import { summarizeSteps } from "./summarize-steps.ts"
import { runPipeline, type StepRunner } from "./run-pipeline.ts"

export interface StartPipelineOptions {
  /** Chosen by the caller: the same key always finds the same pipeline. */
  readonly idempotencyKey?: string
  /** Starts another pipeline even if an identical one was just started. */
  readonly allowDuplicate?: boolean
  /** The user has seen the price and approved it. */
  readonly isApproved?: boolean
  /** A token of `Jobs.approve`, in place of the user's approval. */
  readonly approval?: string
  /** What identifies the request instead of its steps, such as the line of a file that it is. */
  readonly dedupeBy?: Readonly<Record<string, unknown>>
  /** Receives the handle once the pipeline is persisted, before its first step is. */
  readonly onHandle?: (handle: string) => Effect.Effect<void>
}

export interface ResumePipelineOptions {
  /** Also repeats steps whose outcome is unknown: they may be charged twice. */
  readonly repeatUnknown?: boolean
}

export type PipelineError = KlingError | JobError | LedgerError

interface Dependencies {
  readonly open: Effect.Effect<Ledger["Service"], LedgerError>
  readonly kling: Kling["Service"]
  readonly principal: string
  readonly limits: SpendLimits
  readonly steps: (ledger: Ledger["Service"]) => Pick<StepRunner, "submit" | "awaitChange">
  /** Polls a running task and updates the ledger. */
  readonly poll: (handle: string) => Effect.Effect<unknown, KlingError>
  /** Ends the runs of this process, not the pipelines. */
  readonly scope: Scope.Scope
}

export const isPipeline = (id: string): boolean => familyOfHandle(id) === "chain"

/** A pipeline that this process runs. `sent` opens once its last step was sent, or it has ended. */
interface ActiveRun {
  readonly fiber: Fiber.Fiber<void, LedgerError>
  readonly sent: Latch.Latch
}

/** How long `start` waits before it returns the handle: a step that is refused immediately is reported immediately. */
const firstAnswerSeconds = 1.5

/** Several paid steps under one handle: started as a whole, and advanced by every process that follows them. */
export const makePipelines = ({ open, kling, principal, limits, steps, poll, scope }: Dependencies) => {
  const activeRuns = new Map<string, ActiveRun>()

  /** Runs a pipeline in the background, unless this process already does. */
  const run = Effect.fnUntraced(function* (ledger: Ledger["Service"], pipeline: PipelineRecord) {
    const active = activeRuns.get(pipeline.handle)
    if (active !== undefined) return active
    const sent = yield* Latch.make(false)
    const last = pipeline.steps.at(-1)?.id
    const stepRunner = steps(ledger)
    const runner: StepRunner = {
      ...stepRunner,
      ledger,
      principal,
      account: kling.account,
      submit: (plan, key) =>
        Effect.tap(stepRunner.submit(plan, key), () => (key.step === last ? sent.open : Effect.void))
    }
    const ended = Effect.andThen(
      Effect.sync(() => activeRuns.delete(pipeline.handle)),
      sent.open
    )
    const started: ActiveRun = {
      sent,
      fiber: yield* Effect.forkIn(Effect.ensuring(runPipeline(runner, pipeline.handle), ended), scope)
    }
    activeRuns.set(pipeline.handle, started)
    return started
  })

  const jobOf = Effect.fnUntraced(function* (
    ledger: Ledger["Service"],
    handle: string
  ): Effect.fn.Return<Job, LedgerError> {
    const pipeline = yield* ledger.pipelines.get(handle, principal)
    return pipelineJob(pipeline, yield* ledger.pipelines.jobs(handle), yield* Clock.currentTimeMillis)
  })

  const start = Effect.fn("Jobs.startPipeline")(function* (
    plan: PipelinePlan,
    options: StartPipelineOptions = {}
  ): Effect.fn.Return<Job, PipelineError> {
    const ledger = yield* open
    const { operation, input } = toPlan(plan)
    const newPipeline: NewPipeline = {
      handle: yield* mintHandle("chain"),
      principal,
      account: kling.account,
      name: plan.name,
      fingerprint: yield* fingerprintOf(operation.id, options.dedupeBy ?? input),
      quote: plan.quote,
      steps: summarizeSteps(plan.steps),
      plan: { steps: serializeSteps(plan.steps) },
      limits,
      ...(options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey }),
      ...(options.allowDuplicate === undefined ? {} : { allowDuplicate: options.allowDuplicate }),
      ...(options.approval === undefined ? {} : { approval: options.approval })
    }
    const earlier = yield* ledger.pipelines.find(newPipeline)
    // A pipeline that was approved once continues without another approval.
    if (earlier === undefined) {
      yield* requireApproval(ledger, { kling, principal, limits }, plan.quote, options)
    }
    const created =
      earlier === undefined ? yield* ledger.pipelines.create(newPipeline) : { pipeline: earlier, isNew: false }
    const { handle } = created.pipeline
    if (options.onHandle !== undefined) yield* options.onHandle(handle)
    const pipeline =
      created.pipeline.state === "STOPPED"
        ? yield* ledger.pipelines.resume(created.pipeline, { limits })
        : created.pipeline
    if (pipeline.state === "RUNNING") {
      const { sent } = yield* run(ledger, pipeline)
      yield* Effect.timeoutOption(sent.await, firstAnswerSeconds * 1000)
    }
    return { ...(yield* jobOf(ledger, handle)), ...(created.isNew ? {} : { isDuplicate: true }) }
  })

  const resume = Effect.fn("Jobs.resumePipeline")(function* (
    handle: string,
    options: ResumePipelineOptions = {}
  ): Effect.fn.Return<Job, PipelineError> {
    const ledger = yield* open
    const pipeline = yield* ledger.pipelines.get(handle, principal)
    yield* run(ledger, yield* ledger.pipelines.resume(pipeline, { ...options, limits }))
    return yield* jobOf(ledger, handle)
  })

  /** The current state; sends nothing. */
  const status = Effect.fn("Jobs.pipelineStatus")(function* (handle: string): Effect.fn.Return<Job, LedgerError> {
    const ledger = yield* open
    const jobs = yield* ledger.pipelines.jobs(handle)
    const atKling = jobs.filter(({ state }) => state === "ACCEPTED" || state === "RUNNING")
    yield* Effect.forEach(atKling, (job) => Effect.ignore(poll(job.handle)), {
      concurrency: "unbounded",
      discard: true
    })
    return yield* jobOf(ledger, handle)
  })

  /** The pipeline every second until it has ended. A process that follows it also runs it. */
  const follow = (handle: string): Stream.Stream<Job, LedgerError> =>
    Stream.unwrap(
      Effect.gen(function* () {
        const ledger = yield* open
        const { fiber } = yield* run(ledger, yield* ledger.pipelines.get(handle, principal))
        return Stream.paginate(true, (isFirst) =>
          Effect.gen(function* () {
            if (!isFirst) yield* Effect.raceFirst(Effect.sleep("1 second"), Fiber.await(fiber))
            const job = yield* jobOf(ledger, handle)
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
    const ledger = yield* open
    const orphaned = yield* ledger.pipelines.list({
      principal,
      account: kling.account,
      states: ["RUNNING"],
      limit: 100
    })
    return yield* Effect.forEach(orphaned, (pipeline) => run(ledger, pipeline))
  })

  const list = Effect.gen(function* () {
    const ledger = yield* open
    const pipelines = yield* ledger.pipelines.list({ principal })
    return yield* Effect.forEach(pipelines, ({ handle }) => jobOf(ledger, handle))
  })

  return { start, resume, status, follow, list, resumeOrphaned }
}
