import { Effect } from "effect"
import { invalidInput, type KlingError } from "../errors/kling-error.ts"
import type { PipelinePlan } from "../pipelines/pipeline-plan.ts"
import type { Plan } from "../plan/plan.ts"
import { timesTakes } from "../prices/cheaper-setting.ts"
import { quoteOfTakes } from "../prices/quote.ts"
import { isPipeline } from "./request.ts"

/** How many takes of a request one call can ask for. */
export const maxVariants = 4

export interface WantedVariants {
  readonly variants?: number | undefined
  readonly allowDuplicate?: boolean | undefined
}

/**
 * The plan of several takes of one request, with the price of all of them. They are numbered, so that a replay finds them:
 * the next ones, whichever they are, cannot be asked for. `nameOf` says what the caller's face calls the two settings.
 */
export const planVariants = <A extends Plan | PipelinePlan>(
  plan: A,
  { variants = 1, allowDuplicate = false }: WantedVariants,
  nameOf: (setting: "variants" | "allowDuplicate") => string = (setting) => setting
): Effect.Effect<A, KlingError> => {
  const refuse = (message: string, setting: "variants" | "allowDuplicate" = "variants") =>
    Effect.fail(invalidInput([{ field: nameOf(setting), message }]))
  if (!Number.isInteger(variants) || variants < 1 || variants > maxVariants) {
    return refuse(`must be an integer from 1 to ${maxVariants}`)
  }
  if (variants === 1) return Effect.succeed(plan)
  const single: Plan | PipelinePlan = plan
  if (isPipeline(single)) return refuse("is for requests that make a single task: this one takes several steps")
  if (single.operation.kind !== "create") return refuse("is for requests that make a task: this one answers at once")
  if (allowDuplicate)
    return refuse(`cannot be used with ${nameOf("variants")}: set the first take instead`, "allowDuplicate")
  const { quote } = plan
  const { cheaper } = single
  return Effect.succeed({
    ...plan,
    quote: quoteOfTakes(quote, variants),
    variants: { count: variants, quote },
    ...(cheaper === undefined ? {} : { cheaper: Effect.map(cheaper, (each) => each.map(timesTakes(variants))) })
  })
}
