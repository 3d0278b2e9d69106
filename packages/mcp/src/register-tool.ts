import { CallerFolders } from "@klingkit/jobs/internal"
import type { JsonSchema, Tool } from "@klingkit/tools"
import { endsWith, formatDefect, formatError, grants, OfferedTools, scopeOf, Stopping } from "@klingkit/tools"
import type {
  CallToolResult,
  McpServer,
  ScopeChallengeHandler,
  ServerContext,
  StandardSchemaWithJSON
} from "@modelcontextprotocol/server"
import { Cause, Effect, identity, Option, type Tracer } from "effect"
import { Headers, HttpTraceContext } from "effect/http"
import { withApproval } from "./approval/with-approval.ts"
import type { Services } from "./build-server.ts"
import { supportsTasks } from "./client-capabilities.ts"
import { clientFolders } from "./client-folders.ts"
import { offerAccountPage } from "./offer-account-page.ts"
import { reportingProgress } from "./progress.ts"
import { canReadLinks } from "./result-links.ts"
import { asTask } from "./tasks/task-state.ts"
import { countingCalls } from "./tool-metrics.ts"
import { errorResult, successResult } from "./tool-result.ts"

interface RegisterOptions {
  /** For hosts, not for models. */
  readonly meta?: Readonly<Record<string, unknown>> | undefined
  /** The client's folders may be read from. */
  readonly isLocal?: boolean
  readonly resultLinks?: boolean
  /** Aborted when the server is about to stop. */
  readonly stopping?: AbortSignal | undefined
  /** What this server lists. */
  readonly offered?: ReadonlyArray<Tool>
}

/** Registers a tool for MCP clients. Every failure becomes a result that says what to do next. */
export const registerTool = (
  server: McpServer,
  services: Services,
  tool: Tool,
  { meta, isLocal = false, resultLinks = true, stopping, offered }: RegisterOptions = {}
): void => {
  server.registerTool(
    tool.name,
    {
      title: tool.title,
      description: tool.description,
      inputSchema: unchecked(tool.inputSchema),
      outputSchema: unchecked(tool.outputSchema),
      annotations: {
        readOnlyHint: tool.hints.readOnly,
        destructiveHint: tool.hints.destructive,
        idempotentHint: tool.hints.idempotent,
        openWorldHint: tool.hints.openWorld
      },
      scopeChallenge: challengeFor(tool),
      ...(meta === undefined ? {} : { _meta: { ...meta } })
    },
    (args, ctx) =>
      // The signal ends the wait. Submitted jobs continue: they do not listen to it.
      services.runPromise(
        callTool(server, tool, args, ctx, resultLinks).pipe(
          Effect.provideService(OfferedTools, offered),
          stopping === undefined ? identity : Effect.provideService(Stopping, endsWith(stopping)),
          isLocal ? Effect.provideService(CallerFolders, clientFolders(server)) : identity
        ),
        { signal: ctx.mcpReq.signal }
      )
  )
}

/** Asks a caller of a hosted server for the scope that the tool needs; a server without sign-in asks nothing. */
const challengeFor = (tool: Tool): ScopeChallengeHandler => {
  const needed = scopeOf(tool)
  return ({ authInfo }) =>
    authInfo === undefined || grants(authInfo.scopes, needed)
      ? undefined
      : { scopes: [needed], errorDescription: `${tool.name} needs the scope ${needed}` }
}

const callTool = (server: McpServer, tool: Tool, args: unknown, ctx: ServerContext, resultLinks: boolean) => {
  const call = withApproval(server, tool, args, ctx, (result) => {
    const answer = successResult(result, resultLinks && canReadLinks(server, ctx))
    return tool.charged && supportsTasks(server, ctx) ? asTask(answer, result) : answer
  })
  return offerAccountPage(server, ctx, call).pipe(
    reportingProgress(tool, ctx),
    Effect.catch((error) => Effect.succeed(errorResult(formatError(tool, error)))),
    Effect.catchDefect((defect): Effect.Effect<CallToolResult> =>
      Effect.logError(`${tool.name} failed`, Cause.die(defect)).pipe(Effect.as(errorResult(formatDefect(tool))))
    ),
    countingCalls(tool.name),
    Effect.withSpan(`tools/call ${tool.name}`, clientSpan(ctx))
  )
}

/** The span of the client that the call belongs to, if it says so (2026-07-28); else the call belongs to its HTTP request. */
const clientSpan = ({ mcpReq }: ServerContext): { readonly parent?: Tracer.ExternalSpan } => {
  const traceparent = mcpReq._meta?.["traceparent"]
  const parent =
    typeof traceparent === "string" ? HttpTraceContext.w3c(Headers.fromInput({ traceparent })) : Option.none()
  return Option.match(parent, { onNone: () => ({}), onSome: (span) => ({ parent: span }) })
}

/**
 * The tool validates its own arguments and writes the error messages. Results are not validated: what was paid for must
 * reach the caller even if one field is odd.
 */
const unchecked = (schema: JsonSchema): StandardSchemaWithJSON => ({
  "~standard": {
    version: 1,
    vendor: "klingkit",
    validate: (value) => ({ value }),
    jsonSchema: { input: () => ({ ...schema }), output: () => ({ ...schema }) }
  }
})
