import { isFinished } from "@klingkit/core"
import type { Job } from "@klingkit/jobs"
import type { ToolResult } from "@klingkit/tools"
import type { CallToolResult } from "@modelcontextprotocol/server"

/** Kling keeps results this long. */
const ttlMs = 30 * 86_400_000
const pollIntervalMs = 5000

/** What every answer about a task says of it; its id is the job's handle. */
const fieldsOf = ({ handle, task, record }: Job) => {
  const created = record?.createdAt ?? task.createdAt ?? task.updatedAt ?? 0
  return {
    taskId: handle,
    createdAt: new Date(created).toISOString(),
    lastUpdatedAt: new Date(Math.max(created, task.updatedAt ?? created)).toISOString(),
    ttlMs,
    pollIntervalMs
  }
}

// Said from the first answer on: whoever asks for a cancellation hears only that it was heard.
const working = ({ task }: Job) => ({
  status: "working",
  statusMessage: `Task is ${task.status}. Kling cannot cancel: it goes on, and is paid, whether or not anyone waits.`
})

/** The answer of a call whose job is still under way, as a task; the ordinary answer stays in it. */
export const asTask = (answer: CallToolResult, { job }: ToolResult): CallToolResult =>
  job === undefined || isFinished(job.task)
    ? answer
    : { ...answer, resultType: "task", ...fieldsOf(job), ...working(job) }

/** How a task stands; once it has ended, with what the status tool says of it. A call whose film failed has failed. */
export const detailedTask = (job: Job, result: CallToolResult) => ({
  ...fieldsOf(job),
  ...(isFinished(job.task)
    ? { status: "completed", result: job.task.status === "failed" ? { ...result, isError: true } : result }
    : working(job))
})

/** How a task stands as far as the ledger knows, when Kling cannot be asked: that is no end of it. */
export const unseenTask = (job: Job, why: string) => {
  const { status, statusMessage } = working(job)
  return { ...fieldsOf(job), status, statusMessage: `${statusMessage} Kling could not be asked just now: ${why}.` }
}

/** A task of which nobody knows whether it exists: the status tool says so, and what to do. */
export const lostTask = (job: Job, result: CallToolResult) => ({ ...fieldsOf(job), status: "completed", result })
