import {
  GrantedApproval,
  UserApprovalAvailable,
  type Tool,
  type ToolFailure,
  type ToolNeeds,
  type ToolResult,
  formatUnapproved
} from "@klingkit/tools"
import type { CallToolResult, InputRequiredResult, McpServer, ServerContext } from "@modelcontextprotocol/server"
import { Effect } from "effect"
import { supportsElicitation } from "../client-capabilities.ts"
import { errorResult } from "../tool-result.ts"
import { resumedAnswer, type ApprovalOutcome, elicitApproval } from "./elicit-approval.ts"
import type { SignedState } from "./signed-state.ts"

type Answer = CallToolResult | InputRequiredResult

/**
 * Calls a tool with approval by elicitation: where its price needs approval and the client can show a form, the user is
 * asked, and approval covers exactly this call, once. In other clients the user approves it in a shell.
 */
export const withApproval = (
  server: McpServer,
  tool: Tool,
  args: unknown,
  ctx: ServerContext,
  toAnswer: (result: ToolResult) => CallToolResult
): Effect.Effect<Answer, ToolFailure, ToolNeeds | SignedState> => {
  const canElicit = supportsElicitation(server, ctx)
  const call = (input: unknown): Effect.Effect<Answer, ToolFailure, ToolNeeds> =>
    Effect.suspend(() => tool.call(input)).pipe(
      Effect.map(toAnswer),
      Effect.provideService(UserApprovalAvailable, canElicit)
    )
  if (!canElicit || !tool.charged) return call(args)

  const proceed = (outcome: ApprovalOutcome): Effect.Effect<Answer, ToolFailure, ToolNeeds> => {
    if ("question" in outcome) return Effect.succeed(outcome.question)
    if ("unapproved" in outcome) {
      return Effect.succeed(errorResult(formatUnapproved(outcome.unapproved, outcome.code)))
    }
    return call(args).pipe(
      Effect.provideService(GrantedApproval, outcome.granted),
      Effect.catchIf(isRefused, () => Effect.succeed(errorResult(formatUnapproved("stale"))))
    )
  }
  const askOrFail = (error: ToolFailure) => {
    const code = questionIn(error)
    return code === undefined
      ? Effect.fail(error)
      : Effect.flatMap(elicitApproval(server, tool, args, ctx, code), proceed)
  }
  return Effect.flatMap(resumedAnswer(tool, args, ctx), (resumed) =>
    resumed === undefined ? call(args).pipe(Effect.catch(askOrFail)) : proceed(resumed)
  )
}

/** The code of the question without whose answer the call is not made. */
const questionIn = ({ reason }: ToolFailure): string | undefined =>
  reason._tag === "NotApproved" ? reason.approvalCode : undefined

const isRefused = ({ reason }: ToolFailure): boolean => reason._tag === "ApprovalInvalid"
