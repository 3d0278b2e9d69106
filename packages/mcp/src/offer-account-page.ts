import type { ToolFailure } from "@klingkit/tools"
import {
  inputRequired,
  type InputRequiredResult,
  inputResponse,
  type McpServer,
  type ServerContext
} from "@modelcontextprotocol/server"
import { Effect } from "effect"
import { supportsPages } from "./client-capabilities.ts"

const key = "kling-account"

const message =
  "This call needs a Kling account of your own. Sign in on the page, connect it, then come back. Nothing has been sent yet."

/**
 * Where the caller has no Kling account to pay from, the client shows its user the page on which one is connected, once; the
 * page itself asks who they are. Other clients get the error, which names the page too.
 */
export const offerAccountPage = <A, R>(
  server: McpServer,
  ctx: ServerContext,
  call: Effect.Effect<A, ToolFailure, R>
): Effect.Effect<A | InputRequiredResult, ToolFailure, R> =>
  call.pipe(
    Effect.catch((error): Effect.Effect<InputRequiredResult, ToolFailure> => {
      const url = error.reason._tag === "NoAccount" ? error.reason.page : undefined
      const isAnswered = inputResponse(ctx.mcpReq.inputResponses, key).kind !== "missing"
      return url === undefined || isAnswered || !supportsPages(server, ctx)
        ? Effect.fail(error)
        : Effect.succeed(inputRequired({ inputRequests: { [key]: inputRequired.elicitUrl({ message, url }) } }))
    })
  )
