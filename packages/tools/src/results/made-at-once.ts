import type { Plan, Task } from "@klingkit/core"
import { Effect } from "effect"
import * as z from "zod"
import type { PaidArguments } from "../inputs/paid-arguments.ts"
import type { ToolEffect } from "../tool.ts"
import { callPlan, taskOfCall } from "./call-result.ts"
import { factsOfQuote, quoteFacts, quoteLine } from "./quote-words.ts"
import { taskFacts, taskResult } from "./task-result.ts"

export const madeAtOnceFacts = taskFacts.partial().extend({
  operation: z.string(),
  quote: quoteFacts,
  repeated: z.boolean()
})

/** What a paid call has made, in the words of a finished task. */
export const makeAtOnce = (
  plan: Plan,
  opening: string,
  paid: PaidArguments
): ToolEffect<z.output<typeof madeAtOnceFacts>> =>
  Effect.map(callPlan(plan, paid), (called) => {
    const task = taskOfCall(called)
    const repeated = "earlier" in called
    const told = task === undefined ? undefined : taskResult({ handle: idOf(task), task, plan })
    const about = { operation: plan.operation.id, quote: factsOfQuote(plan.quote), repeated }
    return {
      facts: { ...told?.facts, ...about },
      lines: [
        repeated ? "The same request was made a moment ago: this is its result, nothing was sent again." : opening,
        ...(told?.lines ?? ["Kling's answer holds no result."]),
        quoteLine(plan.quote)
      ],
      ...(told?.links === undefined ? {} : { links: told.links })
    }
  })

const idOf = ({ externalId, id }: Task): string => externalId ?? id
