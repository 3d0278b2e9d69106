import { type AnyOperation, KlingError, type Plan } from "@klingkit/core"
import { isPipeline, type PipelinePlan, planVariants, toPlan } from "@klingkit/core/requests"
import { Effect, Fiber } from "effect"
import { resolve } from "node:path"
import type { Account } from "../accounts/account.ts"
import { currentJob } from "../current-job.ts"
import type { Job, QueuePosition } from "../job.ts"
import { Jobs, type RunOptions } from "../jobs.ts"

export interface Cancellable {
  /** Cancels the wait only: a submitted job keeps running, and its handle finds it. */
  readonly signal?: AbortSignal
}

export interface Variants {
  /** So many takes of the request at once, 1 to 4: each is a job in `takes`, and price and approval are for all of them. */
  readonly variants?: number
}

export interface SubmissionOptions
  extends
    Pick<
      RunOptions,
      | "allowDuplicate"
      | "answerWithin"
      | "answerWithinSeconds"
      | "approval"
      | "folder"
      | "idempotencyKey"
      | "isApproved"
      | "take"
    >,
    Variants,
    Cancellable {
  /** Receives the handle once the request is persisted; awaited before anything is sent. */
  readonly onHandle?: (handle: string) => void | Promise<void>
  /** All concurrency slots are in use: the request is queued. */
  readonly onQueued?: (position: QueuePosition) => void | Promise<void>
}

/** Runs an effect for a promise; `onAborted` is the reason to reject with once the caller has stopped waiting. */
export type Run = <A, E>(
  effect: Effect.Effect<A, E, Jobs | Account>,
  options?: Cancellable,
  onAborted?: () => unknown
) => Promise<A>

/** Runs a paid plan to its end: the caller may stop waiting and its callbacks may fail, which is reported afterwards. */
export const runSubmission = async (
  run: Run,
  single: Plan | PipelinePlan,
  { signal, variants, ...options }: SubmissionOptions
): Promise<Job> => {
  const plan = await run(planVariants(single, { variants, allowDuplicate: options.allowDuplicate }))
  const acknowledged: { handle?: string } = {}
  const thrown: Array<unknown> = []
  const runCallback = <A>(callback: ((value: A) => void | Promise<void>) | undefined, value: A) =>
    Effect.ignore(Effect.tryPromise({ try: async () => callback?.(value), catch: (error) => thrown.push(error) }))
  const own: RunOptions = {
    ...options,
    ...absoluteFolder(options.folder),
    onHandle: (handle) => runCallback(options.onHandle, (acknowledged.handle = handle)),
    onQueued: (position) => runCallback(options.onQueued, position)
  }
  const submission = Effect.forkDetach(
    Effect.flatMap(
      Jobs.use((jobs) => jobs.run(plan, own)),
      currentJob
    )
  )
  const job = await run(Effect.flatMap(submission, Fiber.join), signal === undefined ? {} : { signal }, () =>
    submissionUnknown(wholePlan(plan).operation, acknowledged.handle)
  )
  if (thrown.length > 0) throw thrown[0]
  return job
}

/** A plan as a single one, for its approval and its errors. */
const wholePlan = (plan: Plan | PipelinePlan): Plan => (isPipeline(plan) ? toPlan(plan) : plan)

export const absoluteFolder = (folder: string | undefined) => (folder === undefined ? {} : { folder: resolve(folder) })

/** The caller has stopped waiting; the handle finds the job. */
export const submissionUnknown = ({ id, billed }: AnyOperation, handle?: string): KlingError =>
  new KlingError({
    reason: {
      _tag: "SubmissionUnknown",
      detail: "the caller stopped waiting",
      ...(handle === undefined ? {} : { externalTaskId: handle })
    },
    operation: id,
    billed
  })
