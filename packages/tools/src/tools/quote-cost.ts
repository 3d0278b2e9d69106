import { invalidInput, type KlingError, nearestWord, type Plan } from "@klingkit/core"
import { approvalLimit, Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import { imageSettings, planImageArguments } from "../inputs/image-arguments.ts"
import { objectFrom } from "../inputs/json-object.ts"
import { planVideoArguments, videoSettings } from "../inputs/video-arguments.ts"
import { PersonIsAsked } from "../person-is-asked.ts"
import { factsOfQuote, quoteFacts, quoteLine } from "../results/quote-words.ts"
import { defineTool, type Tool, type ToolFailure, type ToolNeeds } from "../tool.ts"

// Prices do not depend on the words or on what a picture shows.
const anyPrompt = "quote"
const anyPicture = "https://example.com/picture.png"

const settingsInput = {
  model_name: z.string().optional(),
  resolution: z.string().optional(),
  mode: videoSettings.mode,
  duration: videoSettings.duration.describe("Seconds"),
  audio: videoSettings.audio,
  num_images: imageSettings.num_images,
  with_picture: z.boolean().optional().describe("Starts from a picture")
}

const input = z.strictObject({
  kind: z.enum(["video", "image"]).optional().describe("Price by settings"),
  ...settingsInput,
  tool: z.string().optional().describe("Exact price of one call: its tool"),
  arguments: z.string().optional().describe("That tool's arguments, JSON")
})

type Arguments = z.output<typeof input>
type Planned = Effect.Effect<Plan, ToolFailure, ToolNeeds>

/** The price by settings alone, or of one call of a charged tool, which it can also be approved for. */
export const quoteCostOf = (charged: ReadonlyArray<Tool>): Tool =>
  defineTool({
    name: "quote_cost",
    title: "Quote cost",
    description:
      "Price before you pay. Free. Give kind and settings, or tool and arguments; the latter also gives the confirm_token that a dear call needs.",
    toolset: "core",
    charged: false,
    hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
    input,
    output: z.object({
      model: z.string(),
      operation: z.string(),
      quote: quoteFacts,
      needs_approval: z.boolean(),
      confirm_token: z.string().optional(),
      warnings: z.array(z.string())
    }),
    run: Effect.fnUntraced(function* (args) {
      const jobs = yield* Jobs
      const plan = yield* args.tool === undefined ? planOfSettings(args) : planOfCall(charged, args.tool, args)
      const needs_approval = approvalLimit(plan.quote, jobs.config.limits) !== undefined
      const isAsked = yield* PersonIsAsked
      const over = yield* overLimit(plan)
      // A price by settings is of no request in particular: there is nothing to bind an approval to.
      const confirm_token =
        needs_approval && args.tool !== undefined && !isAsked && over === undefined
          ? yield* jobs.approve(plan)
          : undefined
      const warnings = [...plan.warnings, ...(over === undefined ? [] : [over])]
      return {
        facts: {
          model: plan.model,
          operation: plan.operation.id,
          quote: factsOfQuote(plan.quote),
          needs_approval,
          ...(confirm_token === undefined ? {} : { confirm_token }),
          warnings
        },
        lines: [
          `Model: ${plan.model === "" ? "none" : plan.model} (${plan.operation.id})`,
          quoteLine(plan.quote),
          ...warnings.map((warning) => `Warning: ${warning}`),
          ...(needs_approval && over === undefined ? approvalLines(args.tool, confirm_token, isAsked) : []),
          "Nothing was sent."
        ]
      }
    })
  })

/** A limit that no approval lifts. A ledger that cannot be opened says so when something is to be paid. */
const overLimit = (plan: Plan) =>
  Jobs.use((jobs) => jobs.fits(plan)).pipe(
    Effect.as(undefined),
    Effect.catch(({ reason, message }) =>
      Effect.succeed(reason._tag === "OverBudget" ? `this call would be refused: ${message}` : undefined)
    )
  )

const approvalLines = (
  tool: string | undefined,
  token: string | undefined,
  isAsked: boolean
): ReadonlyArray<string> => {
  if (isAsked) return ["Approval: needed. Make the call: the person is asked, and nothing is sent before they agree."]
  return token === undefined || tool === undefined
    ? ["Approval: needed. Ask again with tool and arguments of the call."]
    : [
        `Confirm token: ${token}`,
        `Approval: needed. Show the person this price; only if they agree call ${tool} with the same arguments and this confirm_token. It passes once, within ten minutes.`
      ]
}

const planOfCall = (charged: ReadonlyArray<Tool>, name: string, args: Arguments): Planned => {
  const tool = charged.find((one) => one.name === name)
  const names = charged.map((one) => one.name)
  const settings = ["kind", ...Object.keys(settingsInput)].filter(
    (field) => args[field as keyof Arguments] !== undefined
  )
  if (settings.length > 0) {
    return refuse(settings, "belongs into arguments when tool is given")
  }
  if (tool?.plan === undefined) {
    const near = nearestWord(name, names)
    return refuse(
      ["tool"],
      near === undefined ? `must be one that spends: ${names.join(", ")}` : `has no such value; nearest: ${near}`
    )
  }
  const { plan } = tool
  return Effect.flatMap(objectFrom("arguments", args.arguments ?? "{}"), plan)
}

const planOfSettings = ({ kind, num_images, with_picture = false, ...settings }: Arguments): Planned => {
  if (settings.arguments !== undefined)
    return refuse(["arguments"], "needs tool: the name of the tool that they are for")
  if (kind === undefined) return refuse(["kind"], "is required: video or image; or give tool and arguments")
  const { mode, duration, audio } = settings
  const foreign = Object.entries(kind === "image" ? { mode, duration, audio } : { num_images })
    .filter(([, value]) => value !== undefined)
    .map(([field]) => field)
  if (foreign.length > 0) return refuse(foreign, `has no meaning for kind ${kind}`)
  const picture = with_picture ? anyPicture : undefined
  return kind === "image"
    ? planImageArguments({ ...settings, prompt: anyPrompt, num_images }, picture)
    : planVideoArguments({ ...settings, prompt: anyPrompt }, picture === undefined ? {} : { image: picture })
}

const refuse = (fields: ReadonlyArray<string>, message: string): Effect.Effect<never, KlingError> =>
  Effect.fail(invalidInput(fields.map((field) => ({ field, message }))))
