import type { Plan } from "@klingkit/core"
import { Effect } from "effect"
import type * as z from "zod"
import type { PaidArguments, paidArguments } from "./inputs/paid-arguments.ts"
import { startSchema, submitPlan } from "./results/submit-result.ts"
import { defineTool, type Tool, type ToolFailure, type ToolNeeds } from "./tool.ts"

interface DeclaredPaid<Input extends z.ZodObject> extends Pick<Tool, "name" | "title" | "description" | "toolset"> {
  /** Includes `paidArguments`. */
  readonly input: Input
  readonly refused?: Readonly<Record<string, string>>
  /** Turns arguments into a plan. Sends nothing: quotes use it too. */
  readonly plan: (input: z.output<Input>) => Effect.Effect<Plan, ToolFailure, ToolNeeds>
  /** The first line of the result once the task has started. */
  readonly summary: (input: z.output<Input>) => string
}

/** Hints for hosts, shared by every paid tool. */
export const paidHints = { readOnly: false, destructive: false, idempotent: false, openWorld: true } as const

/** Declares a tool that starts one paid task: its arguments become a plan, which is submitted once. */
export const definePaidTool = <Input extends z.ZodObject<z.core.$ZodLooseShape & typeof paidArguments>>(
  declared: DeclaredPaid<Input>
): Tool => {
  const { plan, summary, ...about } = declared
  return defineTool({
    ...about,
    charged: true,
    hints: paidHints,
    output: startSchema,
    plan,
    run: (input) =>
      Effect.flatMap(plan(input), (planned) => submitPlan(planned, summary(input), input as PaidArguments))
  })
}
