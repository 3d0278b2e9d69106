import type { Plan } from "@klingkit/core"
import {
  type AnyRequest,
  fieldName,
  type Fields,
  type LibraryEntry,
  libraryEntries,
  makesJob,
  type PipelinePlan,
  planVariants,
  type PlanOutcomes,
  type RequestMethods,
  requestMethods,
  type RequestPlans,
  type RequestResult
} from "@klingkit/core/requests"
import { Effect } from "effect"
import type { Job } from "../job.ts"
import { Jobs } from "../jobs.ts"
import { stepFailure } from "../pipelines/pipeline-job.ts"
import { type Cancellable, type Run, runSubmission, type SubmissionOptions, type Variants } from "./submission.ts"

type Outcomes = Readonly<Record<Exclude<RequestResult, "entries" | "deleted">, Job>> & {
  readonly entries: ReadonlyArray<LibraryEntry>
  readonly deleted: void
}

/**
 * What can be asked of Kling, by noun and verb: `jobs.video.create("kling-3.0", { prompt })`. Each returns its job, and
 * problems name the fields of its input. The job of a synchronous request (`audio.speech`) is finished; that of several
 * steps (`video.lipSync`) is their pipeline, and its options `folder`, `onQueued` and `answerWithinSeconds` have no effect.
 */
export interface JobMethods extends RequestMethods<Outcomes, SubmissionOptions> {
  /** The same methods; each only says what would be sent, and its price in `quote`. */
  readonly plan: RequestPlans<Cancellable>
  /** Approves exactly this plan above the approval threshold: returns a token that is valid once, for ten minutes. */
  approvePlan(plan: Plan | PipelinePlan, options?: Cancellable & Variants): Promise<string>
}

/** The methods of requests, run by `run`. */
export const jobMethods = (run: Run): JobMethods => {
  const planned = (request: AnyRequest, given: Fields, options: Cancellable | undefined) =>
    run(
      Jobs.use((jobs) => jobs.plan(request, given, fieldName)),
      options
    )
  return {
    ...requestMethods<Outcomes, SubmissionOptions>(async (request, given, options = {}) => {
      const plan = await planned(request, given, options)
      return makesJob(request) ? submitPlanned(run, plan, options) : callFree(run, request, plan, options)
    }),
    plan: requestMethods<PlanOutcomes, Cancellable>(planned),
    approvePlan: (plan, options) =>
      run(
        Effect.flatMap(planVariants(plan, { variants: options?.variants }), (whole) =>
          Jobs.use((jobs) => jobs.approve(whole))
        ),
        options
      )
  }
}

/** A pipeline whose first step is refused at once fails. */
const submitPlanned = async (run: Run, plan: Plan | PipelinePlan, options: SubmissionOptions): Promise<Job> => {
  const job = await runSubmission(run, plan, options)
  const failed = stepFailure(job)
  if (failed !== undefined) throw failed
  return job
}

/** Lists and deletions are free: the ledger has nothing to do with them. */
const callFree = (run: Run, { result }: AnyRequest, plan: Plan | PipelinePlan, options: Cancellable) =>
  run(
    Effect.map(
      Jobs.use((jobs) => jobs.run(plan)),
      (ran) => (result === "entries" && ran._tag === "Answer" ? libraryEntries(ran.answer) : undefined)
    ),
    options
  )
