import type { KlingError, Plan } from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import { isPipeline, type PipelinePlan, toPlan } from "@klingkit/core/requests"
import { Jobs, type JobsSettings } from "@klingkit/jobs"
import { stepFailure } from "@klingkit/jobs/internal"
import { Effect, Predicate } from "effect"
import * as z from "zod"
import { argumentName } from "./argument-name.ts"
import { checkArguments } from "./check-arguments.ts"
import { type PaidArguments, paidArguments, variantsArgument, withVariants } from "./inputs/paid-arguments.ts"
import { jsonSchemaOf } from "./json-schema.ts"
import { argumentsFor, type Choice, choose, listedArguments, type OfferedRequest } from "./request-arguments.ts"
import { type CallResult, runPlan } from "./results/run-plan.ts"
import { startSchema, submitResult } from "./results/submit-result.ts"
import { synchronousResult } from "./results/synchronous-result.ts"
import type { Tool, ToolFailure, ToolResult } from "./tool.ts"

/** Hints for hosts, shared by every paid tool. */
export const paidHints = { readOnly: false, destructive: false, idempotent: false, openWorld: true } as const

type Arguments = Readonly<Record<string, unknown>>

const paidSchema = z.strictObject({ ...paidArguments, ...variantsArgument })

interface Declared
  extends Pick<Tool, "name" | "title" | "description" | "toolset">, Partial<Pick<Tool, "charged" | "hints">> {
  readonly offers: OfferedRequest | Choice
  /** The first line of the result once the task has started. */
  readonly summary: (args: Arguments) => string
  readonly output?: z.ZodObject
  /** False: makes no single task, so it cannot make several takes at once. */
  readonly variants?: boolean
  /** What a synchronous call of this tool returns; by default it reads like a finished task. */
  readonly called?: (plan: Plan, called: CallResult, summary: string) => ToolResult
}

/** Declares a tool by the request that it makes: its arguments, checks and plan are the request's. Paid unless it says so. */
export const defineRequestTool = (declared: Declared): Tool => {
  const {
    offers,
    summary,
    output = startSchema,
    called = synchronousResultOf,
    charged = true,
    variants = charged,
    hints = paidHints,
    ...about
  } = declared
  const { confirm_token, ...repeated } = paidArguments
  const added = { ...repeated, ...(variants ? variantsArgument : {}), ...(charged ? { confirm_token } : {}) }
  const paidNames = [...Object.keys(added), "allow_repeat"]
  const plan: NonNullable<Tool["plan"]> = (args) =>
    Effect.map(planWhole(args), ({ planned }) => (isPipeline(planned) ? toPlan(planned) : planned))
  const planOf = (given: Arguments) =>
    Effect.flatMap(choose(offers, given, argumentName), ({ request, input }) =>
      Jobs.use((jobs) => jobs.plan(request, input, argumentName))
    )
  const planWhole = Effect.fnUntraced(function* (args: unknown) {
    const { own, paid } = yield* splitArguments(args, paidNames)
    const checked = yield* checkArguments(paidSchema, {}, paid, Effect.succeed)
    return { own, checked, planned: yield* withVariants(yield* planOf(own), checked) }
  })
  return {
    ...about,
    charged,
    hints,
    argumentsFor: (request, input) => argumentsFor(offers, request, input, argumentName),
    inputSchema: jsonSchemaOf(z.strictObject({ ...listedArguments(offers, argumentName), ...added }), "input"),
    outputSchema: jsonSchemaOf(output, "output"),
    ...(charged ? { plan } : {}),
    call: (args) =>
      Effect.flatMap(planWhole(args), ({ own, checked, planned }) =>
        runAndReport(about, planned, summary(own), checked, called)
      )
  }
}

const splitArguments = (
  args: unknown,
  paidNames: ReadonlyArray<string>
): Effect.Effect<{ readonly own: Arguments; readonly paid: Arguments }, KlingError> => {
  if (args !== undefined && (!Predicate.isObject(args) || Array.isArray(args))) {
    return Effect.fail(invalidInput([{ field: "arguments", message: "must be an object with named fields" }]))
  }
  const pick = (isWanted: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(args ?? {}).filter(([name]) => isWanted(name)))
  return Effect.succeed({
    own: pick((name) => !paidNames.includes(name)),
    paid: pick((name) => paidNames.includes(name))
  })
}

const synchronousResultOf: Required<Declared>["called"] = (plan, called, summary) =>
  synchronousResult(plan, summary, called)

/** Runs a plan and reports what has started, or was answered at once. */
export const runAndReport = Effect.fnUntraced(function* (
  tool: Pick<Tool, "title">,
  plan: Plan | PipelinePlan,
  summary: string,
  paid: PaidArguments,
  called: Required<Declared>["called"]
): Effect.fn.Return<ToolResult, ToolFailure, Jobs | JobsSettings> {
  const result = yield* runPlan(tool, plan, paid)
  const single = isPipeline(plan) ? toPlan(plan) : plan
  if (result._tag !== "Job") return called(single, result, summary)
  const failed = stepFailure(result.job)
  if (failed !== undefined) return yield* failed
  return submitResult(single, summary, result.job)
})
