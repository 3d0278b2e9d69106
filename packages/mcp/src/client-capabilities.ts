import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type McpServer,
  type ServerContext
} from "@modelcontextprotocol/server"
import { isModern } from "./protocol-version.ts"

/** What the client can do: said on each request since 2026-07-28, once per connection before. */
const capabilitiesOf = (server: McpServer, ctx: ServerContext): ClientCapabilities | undefined => {
  if (!isModern(server)) return server.server.getClientCapabilities()
  // The SDK has checked the envelope; its type does not name the keys.
  const envelope: Readonly<Record<string, unknown>> = ctx.mcpReq.envelope ?? {}
  return envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined
}

/** It can show its person a form. A bare `elicitation: {}` is the older way to say so. */
export const canAskPerson = (server: McpServer, ctx: ServerContext): boolean => {
  const elicitation = capabilitiesOf(server, ctx)?.elicitation
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)
}

/** Work that goes on after the answer, looked at by `tasks/get` (SEP-2663). */
export const tasksExtension = "io.modelcontextprotocol/tasks"

/** It follows tasks by itself. Only what it declares on this very request counts, and only since 2026-07-28. */
export const followsTasks = (server: McpServer, ctx: ServerContext): boolean =>
  isModern(server) && capabilitiesOf(server, ctx)?.extensions?.[tasksExtension] !== undefined
