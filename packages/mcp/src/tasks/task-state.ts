import { isFinished } from "@klingkit/core"
import { resultRetentionMillis } from "@klingkit/core/internal"
import type { Job } from "@klingkit/jobs"
import type { ToolResult } from "@klingkit/tools"
import type { CallToolResult } from "@modelcontextprotocol/server"

const pollIntervalMs = 5000

/** Fields of every answer about a task; its id is the job's handle. */
const taskFields = ({ handle, task, record }: Job) => {
  const created = record?.createdAt ?? task.createdAt ?? task.updatedAt ?? 0
  return {
    taskId: handle,
    createdAt: new Date(created).toISOString(),
    lastUpdatedAt: new Date(Math.max(created, task.updatedAt ?? created)).toISOString(),
    ttlMs: resultRetentionMillis,
    pollIntervalMs
  }
}

// Stated from the first answer on: a cancel request is only acknowledged.
const working = ({ task }: Job) => ({
  status: "working",
  statusMessage: `Task is ${task.status}. Kling cannot cancel it: it keeps running and is paid.`
})

/** The answer of a call whose job is still running, as a task; it includes the ordinary answer. */
export const asTask = (answer: CallToolResult, { job }: ToolResult): CallToolResult =>
  job === undefined || isFinished(job.task)
    ? answer
    : { ...answer, resultType: "task", ...taskFields(job), ...working(job) }

/** The state of a task; once finished, with the status tool's result. A call whose video failed has failed. */
export const detailedTask = (job: Job, result: CallToolResult) => ({
  ...taskFields(job),
  ...(isFinished(job.task)
    ? { status: "completed", result: job.task.status === "failed" ? { ...result, isError: true } : result }
    : working(job))
})

/** The state of a task from the ledger, when Kling is unreachable: the task is not finished. */
export const unreachableTask = (job: Job, reason: string) => {
  const { status, statusMessage } = working(job)
  return { ...taskFields(job), status, statusMessage: `${statusMessage} Kling is currently unreachable: ${reason}.` }
}

/** A task whose submission is unresolved: the status tool says so, and what to do. */
export const unresolvedTask = (job: Job, result: CallToolResult) => ({
  ...taskFields(job),
  status: "completed",
  result
})
