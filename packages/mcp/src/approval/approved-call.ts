import {
  PersonIsAsked,
  type Tool,
  type ToolFailure,
  type ToolNeeds,
  type ToolResult,
  unapprovedWords
} from "@klingkit/tools"
import type { CallToolResult, InputRequiredResult, McpServer, ServerContext } from "@modelcontextprotocol/server"
import { Effect } from "effect"
import { canAskPerson } from "../client-capabilities.ts"
import { errorResult } from "../tool-result.ts"
import { answerBrought, type Asked, askPerson } from "./ask-person.ts"
import type { StateSeal } from "./state-seal.ts"

type Answer = CallToolResult | InputRequiredResult

/**
 * A tool's call with a person at the gate: where its price needs a yes and the client can show a form, the person is asked,
 * and a yes lets exactly this call pass, once. Every other client is told of quote_cost and its confirm_token.
 */
export const approvedCall = (
  server: McpServer,
  tool: Tool,
  args: unknown,
  ctx: ServerContext,
  answerOf: (result: ToolResult) => CallToolResult
): Effect.Effect<Answer, ToolFailure, ToolNeeds | StateSeal> => {
  const isAsked = canAskPerson(server, ctx)
  const call = (given: unknown): Effect.Effect<Answer, ToolFailure, ToolNeeds> =>
    Effect.suspend(() => tool.call(given)).pipe(Effect.map(answerOf), Effect.provideService(PersonIsAsked, isAsked))
  if (!isAsked || !tool.charged) return call(args)

  const after = (asked: Asked): Effect.Effect<Answer, ToolFailure, ToolNeeds> => {
    if ("question" in asked) return Effect.succeed(asked.question)
    if ("unapproved" in asked) return Effect.succeed(errorResult(unapprovedWords(asked.unapproved)))
    return Effect.catchIf(call({ ...(args as object), confirm_token: asked.token }), isUsedUp, () =>
      Effect.succeed(errorResult(unapprovedWords("stale")))
    )
  }
  return Effect.flatMap(answerBrought(tool, args, ctx), (brought) =>
    brought === undefined
      ? Effect.catchIf(call(args), needsYes, () => Effect.flatMap(askPerson(server, tool, args, ctx), after))
      : after(brought)
  )
}

/** The gate's word, not the ledger's on a token that does not fit. */
const needsYes = ({ reason }: ToolFailure): boolean => reason._tag === "NotApproved" && "limitUsd" in reason

const isUsedUp = ({ reason }: ToolFailure): boolean => reason._tag === "NotApproved" && !("limitUsd" in reason)
