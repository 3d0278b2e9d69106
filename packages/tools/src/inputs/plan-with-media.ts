import { type AnyOperation, type KlingError, type Plan, planOperation } from "@klingkit/core"
import { type JobError, Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import { renameFields } from "./rename-fields.ts"

/**
 * The plan of a named operation, its pictures, clips and sounds read, checked and measured. `names` says what the caller calls the
 * operation's fields; a field that is `undefined` was not given.
 */
export const planWithMedia = (
  operation: AnyOperation,
  input: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, string>>
): Effect.Effect<Plan, KlingError | JobError, Jobs> => {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  return Jobs.use((jobs) => jobs.mediaOf(operation, given)).pipe(
    Effect.flatMap((read) => planOperation(operation, read)),
    Effect.flatMap((plan) => Jobs.use((jobs) => jobs.priced(plan))),
    Effect.map((plan): Plan =>
      operation.state === undefined
        ? plan
        : { ...plan, warnings: [...plan.warnings, `${operation.id}: ${operation.state}`] }
    ),
    renameFields(names)
  )
}
