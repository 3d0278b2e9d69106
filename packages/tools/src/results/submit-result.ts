import { isFinished, type Plan } from "@klingkit/core"
import { stepsText } from "@klingkit/core/internal"
import type { Job } from "@klingkit/jobs"
import { describeQueuePosition } from "@klingkit/jobs/internal"
import * as z from "zod"
import type { ToolResult } from "../tool.ts"
import { takeLines, structuredTake } from "./format-take.ts"
import { structuredQuote, quoteSchema, formatQuote } from "./format-quote.ts"
import { afterWait } from "./library-use.ts"
import { repeatedText } from "./run-plan.ts"
import { sentSettings } from "./sent-settings.ts"

export const submitSchema = z.object({
  task_id: z.string(),
  kling_task_id: z.string().optional(),
  status: z.string(),
  model: z.string(),
  operation: z.string(),
  sent: z.string().optional(),
  quote: quoteSchema,
  usual_seconds: z.number(),
  repeated: z.boolean(),
  // Its fields are left to the result itself: each description is paid for by every conversation.
  takes: z.array(z.looseObject({})).optional(),
  warnings: z.array(z.string()),
  next: z.string()
})

export type SubmitData = z.output<typeof submitSchema>

/**
 * The output schema of a call that starts a task. A host that follows tasks receives the finished task as this call's
 * result, so only fields that both have are required.
 */
export const startSchema = submitSchema.partial({
  model: true,
  operation: true,
  quote: true,
  usual_seconds: true,
  repeated: true,
  warnings: true
})

/** The result of a task that has just started, or of the one it duplicates; of several takes, of each. */
export const submitResult = (plan: Plan, summary: string, job: Job): ToolResult<SubmitData> => {
  const single = singleResult(plan, summary, job)
  const { takes } = job
  if (takes === undefined) return single
  const isNew = takes.some((take) => take.job?.isDuplicate !== true)
  const { kling_task_id: _, ...first } = single.structured
  const next =
    "Call wait_for_task with task_ids of all of them, again while one runs; then download_task with the same."
  return {
    structured: { ...first, takes: takes.map((take) => ({ ...structuredTake(take) })), next },
    lines: [
      isNew ? `${summary} ${takes.length} takes, each a task of its own.` : repeatedText("these are its tasks; "),
      ...takes.flatMap(takeLines),
      `Model: ${first.model === "" ? "none" : first.model} (${first.operation})`,
      ...(first.sent === undefined ? [] : [`Sent: ${first.sent}`]),
      formatQuote(plan.quote),
      ...first.warnings.map((warning) => `Warning: ${warning}`),
      `Expected time: about ${first.usual_seconds} s`,
      `Next: ${next}`
    ]
  }
}

const singleResult = (plan: Plan, summary: string, job: Job): ToolResult<SubmitData> => {
  const { handle, task, pipeline, queuePosition, isDuplicate = false } = job
  // Until Kling has confirmed it, a task has only our id.
  const isConfirmed = task.id !== handle
  const isOpen = !isConfirmed && !isDuplicate
  const hasEnded = isFinished(task)
  const queueNote = queuePosition === undefined ? "" : `It is ${describeQueuePosition(queuePosition)}. `
  const structured: SubmitData = {
    task_id: handle,
    ...(isConfirmed ? { kling_task_id: task.id } : {}),
    status: task.status,
    model: plan.model,
    operation: plan.operation.id,
    // The settings of a pipeline are those of its steps.
    ...(pipeline === undefined ? { sent: sentSettings(plan) } : {}),
    quote: structuredQuote(plan.quote),
    usual_seconds: plan.operation.expectedSeconds(plan.input),
    repeated: isDuplicate,
    warnings: [...plan.warnings],
    next: hasEnded
      ? `It has ended: call check_video_status with this task_id; ${afterWait(plan.operation.family)}.`
      : `${queueNote}Call wait_for_task with this task_id, again while it runs; ${afterWait(plan.operation.family)}.`
  }
  return {
    job,
    structured,
    lines: [
      isDuplicate ? repeatedText("this is its task; ", job) : summary,
      ...(isOpen && pipeline === undefined
        ? ["Kling has not confirmed it yet; it is charged at most once. Do not submit again."]
        : []),
      ...(isOpen && pipeline !== undefined
        ? [`It takes ${stepsText(pipeline.steps.length)}, each charged at most once. Do not submit again.`]
        : []),
      `Task ID: ${structured.task_id}`,
      ...(structured.kling_task_id === undefined ? [] : [`Kling task ID: ${structured.kling_task_id}`]),
      `Status: ${structured.status}`,
      `Model: ${structured.model === "" ? "none" : structured.model} (${structured.operation})`,
      ...(structured.sent === undefined ? [] : [`Sent: ${structured.sent}`]),
      formatQuote(plan.quote),
      ...structured.warnings.map((warning) => `Warning: ${warning}`),
      ...(hasEnded ? [] : [`Expected time: about ${structured.usual_seconds} s`]),
      `Next: ${structured.next}`
    ]
  }
}
