import type { AnyOperation, KlingError, Plan } from "@klingkit/core"
import { type JobError, Jobs, type LedgerError } from "@klingkit/jobs"
import { Effect } from "effect"

/** Plans a named operation, which no request stands for: what is known of its state becomes a warning. */
export const planDirectly = (
  operation: AnyOperation,
  input: Readonly<Record<string, unknown>>
): Effect.Effect<Plan, KlingError | JobError | LedgerError, Jobs> =>
  Effect.map(
    Jobs.use((jobs) => jobs.plan(operation, input)),
    (plan): Plan =>
      operation.state === undefined
        ? plan
        : { ...plan, warnings: [...plan.warnings, `${operation.id}: ${operation.state}`] }
  )
