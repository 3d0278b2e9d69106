import { Effect, Result } from "effect"
import type * as z from "zod"
import { invalidInput, KlingError } from "../errors/kling-error.ts"
import type { Problem } from "../errors/problem.ts"
import type { PipelinePlan } from "../pipelines/pipeline-plan.ts"
import type { Plan } from "../plan/plan.ts"
import { fillFieldNames } from "./field-names.ts"
import { isOptional } from "./inner-type.ts"
import type { Fields, PlanContext } from "./plan-context.ts"
import { type NameOf, type ReadRequest, readRequest } from "./read-request.ts"
import type { AnyRequest, Request } from "./request.ts"

/** From a caller's words to what Kling is asked for: the way of every face. Problems use the caller's own words. */
export const planRequest = <E>(
  request: AnyRequest,
  given: unknown,
  faceName: NameOf,
  context: PlanContext<E>
): Effect.Effect<Plan | PipelinePlan, KlingError | E> => {
  const read = readRequest(request, given, faceName)
  const plan = (input: z.output<z.ZodObject>) => request.plan(input, context).pipe(fillFieldNames(read.nameOf))
  return read.input === undefined
    ? Effect.flatMap(problemsOfPlan(request, read, plan), (problems) => Effect.fail(invalidInput(problems)))
    : plan(read.input)
}

/**
 * The problems of form and, of what is right so far, those that planning finds: a caller fixes all at once. What is missing or
 * wrong is taken from the request's example meanwhile, and nothing is said of it twice.
 */
export const problemsOfPlan = <E, R>(
  request: Pick<Request, "input" | "example">,
  read: ReadRequest,
  plan: (input: z.output<z.ZodObject>) => Effect.Effect<unknown, KlingError | E, R>
): Effect.Effect<ReadonlyArray<Problem>, never, R> => {
  if (!read.hasFields) return Effect.succeed(read.problems)
  const { shape } = request.input
  const own = Object.entries(read.fields).filter(([field]) => field in shape)
  const borrowed = Object.entries(request.example as Fields).filter(
    ([field]) => !(field in read.fields) && !isOptional(shape[field])
  )
  const parsed = request.input.safeParse(Object.fromEntries([...borrowed, ...own]))
  if (!parsed.success) return Effect.succeed(read.problems)
  const untold = new Set([...read.wrong, ...borrowed.map(([field]) => field)].map((field) => read.nameOf(field)))
  return Effect.map(Effect.result(plan(parsed.data)), (planned) => {
    if (Result.isSuccess(planned)) return read.problems
    const error = planned.failure
    if (!(error instanceof KlingError) || error.reason._tag !== "InvalidInput") return read.problems
    const isOfOthers = ({ field, message }: Problem) => !wordsOf(`${field} ${message}`).some((word) => untold.has(word))
    return [...read.problems, ...error.reason.problems.filter(isOfOthers)]
  })
}

const wordsOf = (text: string): ReadonlyArray<string> => text.match(/[\w-]+/g) ?? []
