import { KlingError, type Plan } from "@klingkit/core"
import { closestMatch, invalidInput } from "@klingkit/core/internal"
import { jsonObject } from "@klingkit/core/requests"
import { type Job, Jobs } from "@klingkit/jobs"
import { plannedJob, PlannedResults } from "@klingkit/jobs/internal"
import { Effect, Predicate, Result } from "effect"
import * as z from "zod"
import { checkArguments } from "../read-arguments.ts"
import { formatQuote, structuredQuote } from "../results/format-quote.ts"
import type { Tool, ToolFailure, ToolNeeds } from "../tool.ts"

const mostSteps = 20

const text = { type: "string" } as const

/** Each is listed with its fields, and read like any other arguments. */
export const stepsArgument = z
  .array(
    jsonObject("").meta({
      type: "object",
      description: undefined,
      properties: { id: text, tool: text, arguments: text }
    })
  )
  .describe("A plan: calls in order, whose media may be an earlier id, id#2, id@last")

const step = z.strictObject({
  // It must not look like the id of a task, a path or an address.
  id: z
    .string()
    .regex(/^(?!kk-)(?!\d{15})[\w-]{1,40}$/, "must be a short name such as shot-1")
    .optional(),
  tool: z.string(),
  arguments: jsonObject("").optional()
})

type Problem = Parameters<typeof invalidInput>[0][number]

interface PlannedStep {
  readonly id: string
  readonly tool: string
  readonly plan: Plan
}

/** The plan of a call of a charged tool, by its name; or why there is none. */
export const planOfTool = (charged: ReadonlyArray<Tool>, name: string): Required<Tool>["plan"] | string => {
  const { plan } = charged.find((candidate) => candidate.name === name) ?? {}
  if (plan !== undefined) return plan
  const names = charged.map((candidate) => candidate.name)
  const near = closestMatch(name, names)
  return near === undefined ? `must be a paid tool: ${names.join(", ")}` : `is not a known tool; nearest: ${near}`
}

/** The price of each of several calls that may take what earlier ones will make, and of all of them. */
export const quoteSteps = Effect.fnUntraced(function* (charged: ReadonlyArray<Tool>, given: ReadonlyArray<unknown>) {
  const jobs = yield* Jobs
  const planned = yield* planSteps(charged, given)
  const steps = yield* Effect.forEach(planned, (one) =>
    Effect.map(jobs.quote(one.plan), (check) => ({ ...one, ...check }))
  )
  const sum = yield* jobs.quoteSum(planned.map(({ plan }) => plan))
  const asked = steps.filter(({ approvalLimit }) => approvalLimit !== undefined).map(({ id }) => id)
  const refused = steps.flatMap(({ id, overBudget }) =>
    overBudget === undefined ? [] : [`${id} would be refused: ${overBudget.message}`]
  )
  const warnings = [
    ...new Set(steps.flatMap(({ id, plan }) => plan.warnings.map((warning) => `${id}: ${warning}`))),
    ...refused,
    ...(sum.overBudget === undefined || refused.length > 0
      ? []
      : [`together they would be refused: ${sum.overBudget.message}`])
  ]
  return {
    structured: {
      quote: structuredQuote(sum.quote),
      needs_approval: asked.length > 0,
      steps: steps.map(({ id, tool, plan, approvalLimit }) => ({
        id,
        tool,
        model: plan.model,
        operation: plan.operation.id,
        quote: structuredQuote(plan.quote),
        needs_approval: approvalLimit !== undefined
      })),
      warnings
    },
    lines: [
      ...steps.map(
        ({ id, tool, plan }) =>
          `${id}: ${tool}${plan.model === "" ? "" : `, ${plan.model}`} (${plan.operation.id}). ${formatQuote(plan.quote)}`
      ),
      `Together: ${formatQuote({ ...sum.quote, rule: callsText(steps) })}`,
      ...warnings.map((warning) => `Warning: ${warning}`),
      ...(asked.length === 0 ? [] : [`Approval: required for ${asked.join(", ")}, each when it is called.`]),
      "Nothing was sent."
    ]
  }
})

/** A sum is not known where one of its prices is not. */
const callsText = (steps: ReadonlyArray<PlannedStep>): string => {
  const unknown = steps.filter(({ plan }) => plan.quote.state === "unknown").map(({ id }) => id)
  return `${steps.length} calls${unknown.length === 0 ? "" : `; no price is known of ${unknown.join(", ")}`}`
}

/** Plans calls in order, what earlier ones will make counting as made. All problems come at once. */
const planSteps = Effect.fnUntraced(function* (
  charged: ReadonlyArray<Tool>,
  given: ReadonlyArray<unknown>
): Effect.fn.Return<ReadonlyArray<PlannedStep>, ToolFailure, ToolNeeds> {
  if (given.length > mostSteps) {
    return yield* invalidInput([
      { field: "steps", message: `are ${given.length}; at most ${mostSteps} are quoted at once` }
    ])
  }
  const problems: Array<Problem> = []
  const made = new Map<string, Job>()
  const steps: Array<PlannedStep> = []
  for (const [index, one] of given.entries()) {
    const at = `steps[${index}]`
    const read = yield* problemsUnder(
      `${at}.`,
      checkArguments({ id: at, input: step, aliases: {}, refused: {} }, one, true)
    )
    if (Result.isFailure(read)) {
      problems.push(...read.failure)
      continue
    }
    const { id = `step-${index + 1}`, tool, arguments: args = {} } = read.success.input
    if (made.has(id)) problems.push({ field: `${at}.id`, message: `${id} is the name of two steps` })
    const plan = planOfTool(charged, tool)
    if (Predicate.isString(plan)) {
      problems.push({ field: `${at}.tool`, message: plan })
      continue
    }
    const ahead = Effect.provideService(plan(args), PlannedResults, { steps: made, used: new Set<string>() })
    const planned = yield* problemsUnder(`${at}.arguments.`, ahead)
    // What cannot be planned still counts as made: what takes from it has no problem of its own.
    made.set(id, plannedJob(id, Result.isSuccess(planned) ? planned.success.request : undefined, made))
    if (Result.isFailure(planned)) problems.push(...planned.failure)
    else steps.push({ id, tool, plan: planned.success })
  }
  return problems.length > 0 ? yield* invalidInput(problems) : steps
})

/** The problems of an input, under the path to it; any other failure stays one. */
const problemsUnder = <A, R>(
  path: string,
  effect: Effect.Effect<A, ToolFailure, R>
): Effect.Effect<Result.Result<A, ReadonlyArray<Problem>>, ToolFailure, R> =>
  effect.pipe(
    Effect.map((value) => Result.succeed(value)),
    Effect.catch((error) =>
      error instanceof KlingError && error.reason._tag === "InvalidInput"
        ? Effect.succeed(Result.fail(error.reason.problems.map((one) => ({ ...one, field: `${path}${one.field}` }))))
        : Effect.fail(error)
    )
  )
