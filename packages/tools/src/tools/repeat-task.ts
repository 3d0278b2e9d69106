import { findRequest, type Fields, isPipeline, jsonObject, toPlan } from "@klingkit/core/requests"
import { JobError, Jobs } from "@klingkit/jobs"
import { jobError } from "@klingkit/jobs/internal"
import { Effect } from "effect"
import * as z from "zod"
import { argumentName } from "../argument-name.ts"
import { paidArguments, variantsArgument, withVariants } from "../inputs/paid-arguments.ts"
import { taskId } from "../inputs/task-id.ts"
import { paidHints, runAndReport } from "../request-tool.ts"
import { submitSchema } from "../results/submit-result.ts"
import { synchronousResult, synchronousSchema } from "../results/synchronous-result.ts"
import { defineTool, type Tool } from "../tool.ts"

const input = z.strictObject({
  task_id: taskId,
  changes: jsonObject('What to change, as JSON: {"aspect_ratio": "9:16"}; null removes a setting').optional(),
  ...variantsArgument,
  ...paidArguments
})

type Arguments = z.output<typeof input>

const title = "Repeat task"

/** An earlier request, made again on the server: a model that repeats it by heart forgets its settings and inputs. */
export const repeatTaskOf = (tools: ReadonlyArray<Tool>): Tool => {
  const planOf = Effect.fnUntraced(function* (args: Arguments) {
    const { changes = {} } = args
    const jobs = yield* Jobs
    const repeat = yield* Effect.mapError(jobs.planRepeat(args.task_id, changes, argumentName), (error) =>
      error instanceof JobError ? withToolName(error, tools) : error
    )
    return { ...repeat, changes, plan: yield* withVariants(repeat.plan, args) }
  })
  return defineTool({
    name: "repeat_task",
    title,
    description: "Make a task again with your changes and its other settings and inputs. Paid.",
    toolset: "core",
    charged: true,
    hints: paidHints,
    input,
    output: z.object({
      ...synchronousSchema.partial().shape,
      ...submitSchema.partial().shape,
      repeat_of: z.string()
    }),
    plan: (args) => Effect.map(planOf(args), ({ plan }) => (isPipeline(plan) ? toPlan(plan) : plan)),
    run: Effect.fnUntraced(function* (args) {
      const { plan, handle, changes, take } = yield* planOf(args)
      const sameTake =
        take === undefined || args.allow_duplicate === true || args.variants !== undefined ? {} : { take }
      const result = yield* runAndReport(
        { title },
        plan,
        `Made again from ${handle} ${changesText(changes)}.`,
        { ...sameTake, ...args },
        (single, called, summary) => synchronousResult(single, summary, called)
      )
      return { ...result, structured: { ...result.structured, repeat_of: handle } }
    })
  })
}

const changesText = (changes: Fields): string => {
  const names = Object.keys(changes)
  return names.length === 0 ? "without changes" : `with another ${names.join(", ")}`
}

/** Models know tools, not requests. */
const withToolName = (error: JobError, tools: ReadonlyArray<Tool>): JobError => {
  const { reason } = error
  const request = reason._tag === "NotRepeatable" ? findRequest(reason.request ?? "") : undefined
  const tool = request && tools.find((one) => one.argumentsFor?.(request, request.example) !== undefined)
  return tool === undefined || reason._tag !== "NotRepeatable" ? error : jobError({ ...reason, request: tool.name })
}
