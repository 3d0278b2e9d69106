import { Effect } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import type { PipelinePlan } from "../pipelines/pipeline-plan.ts"
import type { Plan } from "../plan/plan.ts"
import { fillFieldNames } from "./field-names.ts"
import type { PlanContext } from "./plan-context.ts"
import { type NameOf, readRequest } from "./read-request.ts"
import type { AnyRequest } from "./request.ts"

/** From a caller's words to what Kling is asked for: the way of every face. Problems use the caller's own words. */
export const planRequest = <E>(
  request: AnyRequest,
  given: unknown,
  faceName: NameOf,
  context: PlanContext<E>
): Effect.Effect<Plan | PipelinePlan, KlingError | E> =>
  Effect.flatMap(readRequest(request, given, faceName), ({ input, nameOf }) =>
    request.plan(input, context).pipe(fillFieldNames(nameOf))
  )
