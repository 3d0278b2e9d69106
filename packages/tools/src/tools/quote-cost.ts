import type { KlingError, Plan } from "@klingkit/core"
import { closestMatch, invalidInput } from "@klingkit/core/internal"
import { choice, generateImage, generateVideo, isPipeline, jsonObject, toPlan } from "@klingkit/core/requests"
import { Jobs, JobsSettings } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import { argumentName } from "../argument-name.ts"
import { UserApprovalAvailable } from "../user-approval.ts"
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
  tool: z.string().optional().describe("Of a paid call"),
  arguments: jsonObject("Its arguments as JSON").optional()
})

type Arguments = z.output<typeof input>
type Planned = Effect.Effect<Plan, ToolFailure, ToolNeeds>

/** Quotes settings alone, or one call of a charged tool; only the latter can also be approved. */
export const quoteCostOf = (charged: ReadonlyArray<Tool>): Tool =>
  defineTool({
    name: "quote_cost",
    title: "Quote cost",
    description: "Price of a call before it is paid: its tool and arguments. Free.",
    toolset: "core",
    charged: false,
    hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
    input,
    output: z.object({
      model: z.string(),
      operation: z.string(),
      quote: quoteSchema,
      needs_approval: z.boolean(),
      confirm_token: z.string().optional(),
      warnings: z.array(z.string())
    }),
    run: Effect.fnUntraced(function* (args) {
      const jobs = yield* Jobs
      const { limits } = yield* JobsSettings
      const plan = yield* args.tool === undefined ? planOfSettings(args) : planOfCall(charged, args.tool, args)
      const { approvalLimit, overBudget } = yield* jobs.quote(plan)
      const needs_approval = approvalLimit !== undefined
      const byToken = limits.confirmTokens === true && !(yield* UserApprovalAvailable)
      // An unreadable ledger is reported when something is paid, not here.
      const over = overBudget === undefined ? undefined : `this call would be refused: ${overBudget.message}`
      // A quote for settings has no specific request to bind an approval to.
      const confirm_token =
        needs_approval && args.tool !== undefined && byToken && over === undefined
          ? yield* jobs.approve(plan)
          : undefined
      const warnings = [...plan.warnings, ...(over === undefined ? [] : [over])]
      return {
        structured: {
          model: plan.model,
          operation: plan.operation.id,
          quote: structuredQuote(plan.quote),
          needs_approval,
          ...(confirm_token === undefined ? {} : { confirm_token }),
          warnings
        },
        lines: [
          `Model: ${plan.model === "" ? "none" : plan.model} (${plan.operation.id})`,
          formatQuote(plan.quote),
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
  const tool = charged.find((candidate) => candidate.name === name)
  const names = charged.map((candidate) => candidate.name)
  const settings = ["kind", ...Object.keys(settingsInput)].filter(
    (field) => args[field as keyof Arguments] !== undefined
  )
  if (settings.length > 0) {
    return refuse(settings, "belongs in arguments when tool is given")
  }
  if (tool?.plan === undefined) {
    const near = closestMatch(name, names)
    return refuse(
      ["tool"],
      near === undefined ? `must be a paid tool: ${names.join(", ")}` : `is not a known tool; nearest: ${near}`
    )
  }
  return tool.plan(args.arguments ?? {})
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
