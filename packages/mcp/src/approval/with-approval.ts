import {
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
 * asked, and approval covers exactly this call, once. Other clients are referred to quote_cost and its confirm_token.
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
    if ("unapproved" in outcome) return Effect.succeed(errorResult(formatUnapproved(outcome.unapproved)))
    return Effect.catchIf(call({ ...(args as object), confirm_token: outcome.token }), isTokenRefused, () =>
      Effect.succeed(errorResult(formatUnapproved("stale")))
    )
  }
  return Effect.flatMap(resumedAnswer(tool, args, ctx), (resumed) =>
    resumed === undefined
      ? Effect.catchIf(call(args), needsApproval, () =>
          Effect.flatMap(elicitApproval(server, tool, args, ctx), proceed)
        )
      : proceed(resumed)
  )
}

/** The price needs approval; as opposed to a confirm token that the ledger refused. */
const needsApproval = ({ reason }: ToolFailure): boolean => reason._tag === "NotApproved"

const isTokenRefused = ({ reason }: ToolFailure): boolean => reason._tag === "ApprovalInvalid"
