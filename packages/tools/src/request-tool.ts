import type { Plan } from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import { isPipeline, type NameOf, type PipelinePlan, problemsOfPlan, toPlan } from "@klingkit/core/requests"
import { Jobs, type JobsSettings } from "@klingkit/jobs"
import { budgetAlertText, stepFailure } from "@klingkit/jobs/internal"
import { Effect } from "effect"
import * as z from "zod"
import { argumentName } from "./argument-name.ts"
import {
  type PaidArguments,
  paidArguments,
  renamedPaidArguments,
  variantsArgument,
  withVariants
} from "./inputs/paid-arguments.ts"
import { jsonSchemaOf } from "./json-schema.ts"
import { readArguments, withNotes, withNotesField } from "./read-arguments.ts"
import { argumentsFor, type Choice, chooser, listedArguments, type OfferedRequest } from "./request-arguments.ts"
import { type CallResult, runPlan } from "./results/run-plan.ts"
import { startSchema, submitResult } from "./results/submit-result.ts"
import { synchronousResult } from "./results/synchronous-result.ts"
import type { Tool, ToolFailure, ToolResult } from "./tool.ts"
import { unlisted } from "./unlisted.ts"

/** Hints for hosts, shared by every paid tool. */
export const paidHints = { readOnly: false, destructive: false, idempotent: false, openWorld: true } as const

type Arguments = Readonly<Record<string, unknown>>

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
  const { confirm_token, take, ...repeated } = paidArguments
  const added = {
    take: charged ? take : unlisted(take),
    ...repeated,
    ...(variants ? variantsArgument : {}),
    ...(charged ? { confirm_token } : {})
  }
  // An earlier name of an added argument is not the one that is listed.
  const nameOf: NameOf = (request, field) => (Object.hasOwn(added, field) ? field : argumentName(request, field))
  const choose = chooser(offers, { input: z.strictObject(added), aliases: renamedPaidArguments }, argumentName)

  const planWhole = Effect.fnUntraced(function* (args: unknown) {
    const { request, whole } = yield* choose(args)
    const read = readArguments(whole, args, charged, nameOf)
    const own = new Set(Object.keys(request.input.shape))
    const planOf = (input: Arguments) => {
      const fields = Object.entries(input).filter(([field]) => own.has(field))
      return Jobs.use((jobs) => jobs.plan(request, Object.fromEntries(fields), (_, field) => read.nameOf(field)))
    }
    if (read.input === undefined) return yield* invalidInput(yield* problemsOfPlan(request, read, planOf))
    const planned = yield* withVariants(yield* planOf(read.input), read.input)
    const named = Object.entries(read.input).map(([field, value]) => [nameOf(whole, field), value])
    return {
      planned,
      args: Object.fromEntries(named) as Arguments,
      paid: read.input,
      notes: read.notes
    }
  })
  return {
    ...about,
    charged,
    hints,
    argumentsFor: (request, input) => argumentsFor(offers, request, input, argumentName),
    inputSchema: jsonSchemaOf(z.strictObject({ ...listedArguments(offers, argumentName), ...added }), "input"),
    outputSchema: jsonSchemaOf(withNotesField(output), "output"),
    ...(charged
      ? {
          plan: (args: unknown) =>
            Effect.map(planWhole(args), ({ planned }) => (isPipeline(planned) ? toPlan(planned) : planned))
        }
      : {}),
    call: (args) =>
      Effect.flatMap(planWhole(args), ({ planned, args, paid, notes }) =>
        Effect.map(runAndReport(about, planned, summary(args), paid, called), (result) => withNotes(result, notes))
      )
  }
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
  const notes = (result.job?.budgetAlerts ?? []).map(budgetAlertText)
  if (result._tag !== "Job") return withNotes(called(single, result, summary), notes)
  const failed = stepFailure(result.job)
  if (failed !== undefined) return yield* failed
  return withNotes<ToolResult>(submitResult(single, summary, result.job), notes)
})
