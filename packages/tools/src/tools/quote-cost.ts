import type { KlingError, Plan } from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import { choice, generateImage, generateVideo, isPipeline, jsonObject, toPlan } from "@klingkit/core/requests"
import { Jobs, JobsSettings } from "@klingkit/jobs"
import { PlannedResults } from "@klingkit/jobs/internal"
import { Effect, Predicate } from "effect"
import * as z from "zod"
import { argumentName } from "../argument-name.ts"
import { UserApprovalAvailable } from "../user-approval.ts"
import { cheaperData, cheaperLines, cheaperSchema } from "../results/format-cheaper.ts"
import { planOfTool, quoteSteps, stepsArgument } from "./quote-steps.ts"
import { structuredQuote, quoteSchema, formatQuote } from "../results/format-quote.ts"
import { unlisted } from "../unlisted.ts"
import { defineTool, type Tool, type ToolFailure, type ToolNeeds } from "../tool.ts"

// Prices do not depend on the prompt or on what an image shows.
const anyPrompt = "quote"
const anyImage = "https://example.com/image.png"

/** Read, and not listed: a model quotes the call that it is about to make. */
const settingsInput = {
  model_name: unlisted(z.string().optional()),
  resolution: unlisted(z.string().optional()),
  mode: unlisted(choice(["standard", "professional"], { std: "standard", pro: "professional" }).optional()),
  duration: unlisted(generateVideo.input.shape.durationSeconds),
  audio: unlisted(generateVideo.input.shape.audio),
  num_images: unlisted(generateImage.input.shape.n),
  with_picture: unlisted(z.boolean().optional())
}

const input = z.strictObject({
  kind: unlisted(z.enum(["video", "image"]).optional()),
  ...settingsInput,
  tool: z.string().optional().describe("One call: its tool"),
  arguments: jsonObject("Its arguments as JSON").optional(),
  steps: stepsArgument.optional()
})

type Arguments = Omit<z.output<typeof input>, "steps">
type Planned = Effect.Effect<Plan, ToolFailure, ToolNeeds>

/** Quotes settings alone, one call of a charged tool, or several; only one call can also be approved. */
export const quoteCostOf = (charged: ReadonlyArray<Tool>): Tool =>
  defineTool({
    name: "quote_cost",
    title: "Quote cost",
    description: "Price of a call, or of steps, before it is paid, and cheaper settings. Free.",
    toolset: "core",
    charged: false,
    hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
    input,
    output: z.object({
      model: z.string().optional(),
      operation: z.string().optional(),
      quote: quoteSchema,
      cheaper: cheaperSchema,
      needs_approval: z.boolean(),
      confirm_token: z.string().optional(),
      steps: z.array(z.looseObject({ id: z.string() })).optional(),
      warnings: z.array(z.string())
    }),
    run: Effect.fnUntraced(function* ({ steps, ...args }) {
      if (steps !== undefined) {
        const others = Object.keys(args).filter((field) => args[field as keyof typeof args] !== undefined)
        return yield* others.length > 0 ? refuse(others, "is not used with steps") : quoteSteps(charged, steps)
      }
      const jobs = yield* Jobs
      const { limits } = yield* JobsSettings
      const planned: PlannedResults = { steps: new Map(), used: new Set() }
      const plan = yield* (args.tool === undefined ? planOfSettings(args) : planOfCall(charged, args.tool, args)).pipe(
        Effect.provideService(PlannedResults, planned)
      )
      const { approvalLimit, overBudget } = yield* jobs.quote(plan)
      const needs_approval = approvalLimit !== undefined
      const byToken = limits.confirmTokens === true && !(yield* UserApprovalAvailable)
      // An unreadable ledger is reported when something is paid, not here.
      const over = overBudget === undefined ? undefined : `this call would be refused: ${overBudget.message}`
      const unfinished = [...planned.used].map((id) => `${id} has not finished: make this call when it has`)
      // A quote for settings, or of what is not made yet, has no specific request to bind an approval to.
      const confirm_token =
        needs_approval && args.tool !== undefined && byToken && over === undefined && planned.used.size === 0
          ? yield* jobs.approve(plan)
          : undefined
      const { cheaper } = plan
      const found = cheaper === undefined ? [] : yield* cheaper
      const warnings = [...plan.warnings, ...unfinished, ...(over === undefined ? [] : [over])]
      return {
        structured: {
          model: plan.model,
          operation: plan.operation.id,
          quote: structuredQuote(plan.quote),
          ...(cheaper === undefined ? {} : { cheaper: cheaperData(plan, found) }),
          needs_approval,
          ...(confirm_token === undefined ? {} : { confirm_token }),
          warnings
        },
        lines: [
          `Model: ${plan.model === "" ? "none" : plan.model} (${plan.operation.id})`,
          formatQuote(plan.quote),
          ...cheaperLines(plan, found),
          ...warnings.map((warning) => `Warning: ${warning}`),
          ...(needs_approval && over === undefined ? approvalLines(args.tool, confirm_token, byToken) : []),
          "Nothing was sent."
        ]
      }
    })
  })

const approvalLines = (
  tool: string | undefined,
  token: string | undefined,
  byToken: boolean
): ReadonlyArray<string> => {
  if (!byToken) {
    return ["Approval: required. Make the call: the user is asked, and nothing is sent until they approve."]
  }
  return token === undefined || tool === undefined
    ? ["Approval: required. Call quote_cost again with tool and arguments."]
    : [
        `Confirm token: ${token}`,
        `Approval: required. Show the user this price; only if they approve, call ${tool} with the same arguments and this confirm_token. It works once, within ten minutes.`
      ]
}

const planOfCall = (charged: ReadonlyArray<Tool>, name: string, args: Arguments): Planned => {
  const settings = ["kind", ...Object.keys(settingsInput)].filter(
    (field) => args[field as keyof Arguments] !== undefined
  )
  if (settings.length > 0) {
    return refuse(settings, "belongs in arguments when tool is given")
  }
  const plan = planOfTool(charged, name)
  return Predicate.isString(plan) ? refuse(["tool"], plan) : plan(args.arguments ?? {})
}

const planOfSettings = ({ kind, num_images, with_picture = false, ...settings }: Arguments): Planned => {
  if (settings.arguments !== undefined) return refuse(["arguments"], "requires tool")
  if (kind === undefined) return refuse(["tool"], "is required, with arguments; or kind: video or image")
  const { mode, duration, audio } = settings
  const unexpected = Object.entries(kind === "image" ? { mode, duration, audio } : { num_images })
    .filter(([, value]) => value !== undefined)
    .map(([field]) => field)
  if (unexpected.length > 0) return refuse(unexpected, `is not used with kind ${kind}`)
  const image = with_picture ? anyImage : undefined
  const given = { ...settings, prompt: anyPrompt, ...(image === undefined ? {} : { image }) }
  return Jobs.use((jobs) =>
    kind === "image"
      ? jobs.plan(generateImage, { ...given, num_images }, argumentName)
      : jobs.plan(generateVideo, given, argumentName)
  ).pipe(Effect.map((plan) => (isPipeline(plan) ? toPlan(plan) : plan)))
}

const refuse = (fields: ReadonlyArray<string>, message: string): Effect.Effect<never, KlingError> =>
  Effect.fail(invalidInput(fields.map((field) => ({ field, message }))))
