import type { Plan, Task } from "@klingkit/core"
import { Effect } from "effect"
import * as z from "zod"
import type { PaidArguments } from "../inputs/paid-arguments.ts"
import type { ToolEffect } from "../tool.ts"
import { callPlan, taskOfCall } from "./synchronous-call.ts"
import { structuredQuote, quoteSchema, formatQuote } from "./format-quote.ts"
import { taskSchema, taskResult } from "./task-result.ts"

export const synchronousSchema = taskSchema.partial().extend({
  operation: z.string(),
  quote: quoteSchema,
  repeated: z.boolean()
})

/** Makes a paid synchronous call; the result reads like a finished task. */
export const synchronousResult = (
  plan: Plan,
  summary: string,
  paid: PaidArguments
): ToolEffect<z.output<typeof synchronousSchema>> =>
  Effect.map(callPlan(plan, paid), (called) => {
    const task = taskOfCall(called)
    const repeated = "earlier" in called
    const result = task === undefined ? undefined : taskResult({ handle: idOf(task), task, plan })
    const about = { operation: plan.operation.id, quote: structuredQuote(plan.quote), repeated }
    return {
      structured: { ...result?.structured, ...about },
      lines: [
        repeated
          ? "Duplicate of a request within the last two minutes: this is its result; nothing was sent."
          : summary,
        ...(result?.lines ?? ["Kling's answer contains no result."]),
        formatQuote(plan.quote)
      ],
      ...(result?.links === undefined ? {} : { links: result.links })
    }
  })

const idOf = ({ externalId, id }: Task): string => externalId ?? id
