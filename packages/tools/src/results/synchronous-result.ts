import type { Plan, Task } from "@klingkit/core"
import { jobOfResult } from "@klingkit/jobs/internal"
import * as z from "zod"
import type { ToolResult } from "../tool.ts"
import { type CallResult, isRepeated, repeatedText } from "./run-plan.ts"
import { structuredQuote, quoteSchema, formatQuote } from "./format-quote.ts"
import { taskSchema, taskResult } from "./task-result.ts"

export const synchronousSchema = taskSchema.partial().extend({
  operation: z.string(),
  quote: quoteSchema,
  repeated: z.boolean()
})

/** The result of a synchronous call reads like a finished task. */
export const synchronousResult = (
  plan: Plan,
  summary: string,
  called: CallResult
): ToolResult<z.output<typeof synchronousSchema>> => {
  const job = jobOfResult(called)
  const repeated = isRepeated(called)
  const result = job === undefined ? undefined : taskResult({ handle: idOf(job.task), task: job.task, plan })
  const about = { operation: plan.operation.id, quote: structuredQuote(plan.quote), repeated }
  return {
    structured: { ...result?.structured, ...about },
    lines: [
      repeated ? repeatedText("this is its result; ", called.job) : summary,
      ...(result?.lines ?? ["Kling's answer contains no result."]),
      formatQuote(plan.quote)
    ],
    ...(result?.links === undefined ? {} : { links: result.links })
  }
}

const idOf = ({ externalId, id }: Task): string => externalId ?? id
