import { CallerFolders } from "@klingkit/jobs"
import type { JsonSchema, Tool } from "@klingkit/tools"
import { defectWords, errorWords } from "@klingkit/tools"
import type { CallToolResult, McpServer, ServerContext, StandardSchemaWithJSON } from "@modelcontextprotocol/server"
import { Cause, Effect, identity } from "effect"
import { approvedCall } from "./approval/approved-call.ts"
import type { Services } from "./build-server.ts"
import { followsTasks } from "./client-capabilities.ts"
import { clientFolders } from "./client-folders.ts"
import { reportingProgress } from "./progress.ts"
import { takesResourceLinks } from "./protocol-version.ts"
import { asTask } from "./tasks/task-state.ts"
import { errorResult, successResult } from "./tool-result.ts"

interface Offer {
  /** For hosts, not for models. */
  readonly meta?: Readonly<Record<string, unknown>> | undefined
  /** The client's folders may be read from. */
  readonly isLocal?: boolean
}

/** Offers a tool to MCP clients. Whatever happens inside comes back as a result that says what to do next. */
export const registerTool = (
  server: McpServer,
  services: Services,
  tool: Tool,
  { meta, isLocal = false }: Offer = {}
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
      ...(meta === undefined ? {} : { _meta: { ...meta } })
    },
    (args, ctx) =>
      // The signal ends the waiting. What has been submitted goes on: jobs do not listen to it.
      services.runPromise(
        callTool(server, tool, args, ctx).pipe(
          isLocal ? Effect.provideService(CallerFolders, clientFolders(server)) : identity
        ),
        { signal: ctx.mcpReq.signal }
      )
  )
}

const callTool = (server: McpServer, tool: Tool, args: unknown, ctx: ServerContext) =>
  approvedCall(server, tool, args, ctx, (result) => {
    const answer = successResult(result, takesResourceLinks(server, ctx))
    return tool.charged && followsTasks(server, ctx) ? asTask(answer, result) : answer
  }).pipe(
    reportingProgress(tool, ctx),
    Effect.catch((error) => Effect.succeed(errorResult(errorWords(tool, error)))),
    Effect.catchDefect((defect): Effect.Effect<CallToolResult> =>
      Effect.logError(`${tool.name} broke`, Cause.die(defect)).pipe(Effect.as(errorResult(defectWords(tool))))
    )
  )

/**
 * The tool checks its arguments itself and words what is wrong with them. Results are not checked on the way out:
 * what was paid for must reach the caller even if a fact in it is odd.
 */
const unchecked = (schema: JsonSchema): StandardSchemaWithJSON => ({
  "~standard": {
    version: 1,
    vendor: "klingkit",
    validate: (value) => ({ value }),
    jsonSchema: { input: () => ({ ...schema }), output: () => ({ ...schema }) }
  }
})
