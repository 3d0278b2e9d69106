import { type AnyOperation, type KlingError, type Plan, planOperation } from "@klingkit/core"
import { fillFieldNames } from "@klingkit/core/requests"
import { type JobError, Jobs } from "@klingkit/jobs"
import { Effect } from "effect"

/**
 * Plans an operation after its images, videos and audio have been read, checked and measured. `names` maps the operation's
 * fields to the caller's arguments; `undefined` fields are absent.
 */
export const planWithMedia = (
  operation: AnyOperation,
  input: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, string>>
): Effect.Effect<Plan, KlingError | JobError, Jobs> => {
  const defined = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  return Jobs.use((jobs) => jobs.mediaOf(operation, defined)).pipe(
    Effect.flatMap((read) => planOperation(operation, read)),
    Effect.flatMap((plan) => Jobs.use((jobs) => jobs.refineQuote(plan))),
    Effect.map((plan): Plan =>
      operation.state === undefined
        ? plan
        : { ...plan, warnings: [...plan.warnings, `${operation.id}: ${operation.state}`] }
    ),
    fillFieldNames((field) => names[field] ?? field)
  )
}
