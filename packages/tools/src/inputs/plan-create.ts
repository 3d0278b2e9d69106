import type { KlingError, Plan } from "@klingkit/core"
import { type AnyRequest, isPipeline, toPlan } from "@klingkit/core/requests"
import { type JobError, Jobs, type LedgerError } from "@klingkit/jobs"
import { Effect } from "effect"
import { argumentName } from "../request-tool.ts"
import { paidArguments } from "./paid-arguments.ts"

/** The plan of a tool's `create` action: those of its arguments that are the request's. */
export const planCreate = (
  request: AnyRequest,
  args: Readonly<Record<string, unknown>>,
  fields: ReadonlyArray<string>
): Effect.Effect<Plan, KlingError | JobError | LedgerError, Jobs> => {
  const own = fields.filter((field) => !(field in paidArguments)).map((field) => [field, args[field]] as const)
  return Jobs.use((jobs) => jobs.plan(request, Object.fromEntries(own), argumentName)).pipe(
    Effect.map((plan) => (isPipeline(plan) ? toPlan(plan) : plan))
  )
}
