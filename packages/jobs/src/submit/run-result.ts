import { type Plan, type Receipt, receiptOf, type Task } from "@klingkit/core"
import { taskFrom } from "@klingkit/core/internal"
import { Data, Effect, Option } from "effect"
import type { Job } from "../job.ts"

/** What running a plan returned. */
export type RunResult = Data.TaggedEnum<{
  /** Of a plan whose task or steps take a while: started, or found if it is a duplicate. */
  Job: { readonly job: Job }
  /**
   * Of a synchronous call, with the finished task inside it if it has one. A paid call also has a job in the ledger; the
   * receipt of an unpaid one is empty.
   */
  Answer: { readonly answer: unknown; readonly task?: Task; readonly job?: Job; readonly receipt: Receipt }
  /** A synchronous call just like a recent one: the job of that one, as the ledger has it. Nothing was sent. */
  Duplicate: { readonly job: Job }
}>
export const RunResult = Data.taggedEnum<RunResult>()

/** The outcome of a synchronous call. */
export type CallResult = Exclude<RunResult, { readonly _tag: "Job" }>

export const paidAnswer = (plan: Plan, handle: string, answer: unknown): CallResult => {
  const task = Option.getOrUndefined(taskFrom(answer))
  const receipt = receiptOf(plan.quote, { status: "succeed", charges: task?.charges ?? [] })
  const job: Job = { handle, task: task ?? answeredTask(handle), plan }
  return RunResult.Answer({ answer, job, receipt, ...(task === undefined ? {} : { task }) })
}

/** The task of an answer that is not one itself. */
const answeredTask = (handle: string): Task => ({
  id: handle,
  externalId: handle,
  status: "succeed",
  outputs: [],
  charges: []
})

/** The job that running a plan has started, found or finished; none for a call that makes nothing. */
export const jobOfResult = (result: RunResult): Job | undefined => {
  if (result._tag !== "Answer") return result.job
  const { task } = result
  return task === undefined ? undefined : { handle: task.externalId ?? task.id, task }
}

/** The job of a paid plan of any kind. That of a synchronous call is finished when it is returned. */
export const startedJob = ({ job }: RunResult): Effect.Effect<Job> =>
  job === undefined ? Effect.die(new Error("an unpaid call has no job")) : Effect.succeed(job)
