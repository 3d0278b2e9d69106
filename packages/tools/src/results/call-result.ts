import { type Plan, type Task, taskFrom } from "@klingkit/core"
import { type Job, Jobs } from "@klingkit/jobs"
import { Effect, Option } from "effect"
import type { PaidArguments } from "../inputs/paid-arguments.ts"
import type { ToolFailure } from "../tool.ts"

/** What a paid call has answered: Kling's data, or the job of the same call a moment ago. */
export type Called = { readonly data: unknown } | { readonly earlier: Job }

/** The sibling of `submitPlan` for operations that answer at once: within the limits, sent once, a repeat recognised. */
export const callPlan = (
  plan: Plan,
  { allow_repeat: allowRepeat = false, confirm_token: approval }: PaidArguments
): Effect.Effect<Called, ToolFailure, Jobs> =>
  Effect.gen(function* () {
    const jobs = yield* Jobs
    const options = { allowRepeat, ...(approval === undefined ? {} : { approval }) }
    return yield* jobs.call(plan, options).pipe(
      Effect.map((data): Called => ({ data })),
      Effect.catchIf(
        (error) => error.reason._tag === "Repeated",
        (error) =>
          error.reason._tag === "Repeated"
            ? Effect.map(jobs.status(error.reason.taskId), (earlier): Called => ({ earlier }))
            : Effect.fail(error)
      )
    )
  })

/** The finished task inside an answer, if it holds one. */
export const taskOfCall = (called: Called): Task | undefined =>
  "earlier" in called ? called.earlier.task : Option.getOrUndefined(taskFrom(called.data))
