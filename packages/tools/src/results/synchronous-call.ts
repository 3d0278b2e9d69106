import type { Plan, Task } from "@klingkit/core"
import { taskFrom } from "@klingkit/core/internal"
import { type Job, Jobs } from "@klingkit/jobs"
import { Effect, Option } from "effect"
import type { PaidArguments } from "../inputs/paid-arguments.ts"
import type { ToolFailure } from "../tool.ts"

/** The outcome of a paid synchronous call: Kling's data, or the job of a duplicate within the last two minutes. */
export type Called = { readonly data: unknown } | { readonly earlier: Job }

/** Like `submitPlan`, for synchronous operations: within the spend limits, sent once, duplicates detected. */
export const callPlan = (
  plan: Plan,
  { allow_duplicate: allowDuplicate = false, confirm_token: approval }: PaidArguments
): Effect.Effect<Called, ToolFailure, Jobs> =>
  Effect.gen(function* () {
    const jobs = yield* Jobs
    const options = { allowDuplicate, ...(approval === undefined ? {} : { approval }) }
    return yield* jobs.call(plan, options).pipe(
      Effect.map((data): Called => ({ data })),
      Effect.catchIf(
        (error) => error.reason._tag === "Duplicate",
        (error) =>
          error.reason._tag === "Duplicate"
            ? Effect.map(jobs.status(error.reason.taskId), (earlier): Called => ({ earlier }))
            : Effect.fail(error)
      )
    )
  })

/** The finished task inside an answer, if it holds one. */
export const taskOfCall = (called: Called): Task | undefined =>
  "earlier" in called ? called.earlier.task : Option.getOrUndefined(taskFrom(called.data))
