import type { Plan } from "@klingkit/core"
import { Effect } from "effect"
import type * as z from "zod"
import type { PaidArguments, paidArguments } from "./inputs/paid-arguments.ts"
import { startFacts, submitPlan } from "./results/submit-result.ts"
import { defineTool, type Tool, type ToolFailure, type ToolNeeds } from "./tool.ts"

interface DeclaredPaid<Input extends z.ZodObject> extends Pick<Tool, "name" | "title" | "description" | "toolset"> {
  /** With `paidArguments` among them. */
  readonly input: Input
  readonly refused?: Readonly<Record<string, string>>
  /** What the arguments ask of Kling. Nothing is sent yet: a quote takes the same way. */
  readonly plan: (input: z.output<Input>) => Effect.Effect<Plan, ToolFailure, ToolNeeds>
  /** The first line for people once the task has started. */
  readonly opening: (input: z.output<Input>) => string
}

/** What a host is told of every tool that spends. */
export const paidHints = { readOnly: false, destructive: false, idempotent: false, openWorld: true } as const

/** Declares a tool that starts one paid task: its arguments become a plan, and the plan is submitted once. */
export const definePaidTool = <Input extends z.ZodObject<z.core.$ZodLooseShape & typeof paidArguments>>(
  declared: DeclaredPaid<Input>
): Tool => {
  const { plan, opening, ...about } = declared
  return defineTool({
    ...about,
    charged: true,
    hints: paidHints,
    output: startFacts,
    plan,
    run: (input) =>
      Effect.flatMap(plan(input), (planned) => submitPlan(planned, opening(input), input as PaidArguments))
  })
}
