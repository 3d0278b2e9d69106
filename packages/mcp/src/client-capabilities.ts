import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type McpServer,
  type ServerContext
} from "@modelcontextprotocol/server"
import { isModern } from "./protocol-version.ts"

/** The client's capabilities: sent with each request since 2026-07-28, once per connection before. */
const capabilitiesOf = (server: McpServer, ctx: ServerContext): ClientCapabilities | undefined => {
  if (!isModern(server)) return server.server.getClientCapabilities()
  return envelopeOf(ctx)[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined
}

/** The SDK has checked the envelope; its type does not name the keys. */
const envelopeOf = (ctx: ServerContext): Readonly<Record<string, unknown>> => ctx.mcpReq.envelope ?? {}

/**
 * What the client calls itself; a 2025 client over HTTP has said so in another request, so its `User-Agent` is all there
 * is. Empty when unknown.
 */
export const clientNameOf = (server: McpServer, ctx: ServerContext): string => {
  const info = envelopeOf(ctx)[CLIENT_INFO_META_KEY] as { readonly name?: string } | undefined
  const agent = ctx.http?.req?.headers.get("user-agent")?.split("/", 1)[0]
  return info?.name ?? server.server.getClientVersion()?.name ?? agent ?? ""
}

/** The client can show its user a form. A bare `elicitation: {}` is the older declaration. */
export const supportsElicitation = (server: McpServer, ctx: ServerContext): boolean => {
  const elicitation = capabilitiesOf(server, ctx)?.elicitation
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)
}

/** The client can show its user the address of a page, and open it. Only a declaration on this request counts. */
export const supportsPages = (server: McpServer, ctx: ServerContext): boolean =>
  isModern(server) && capabilitiesOf(server, ctx)?.elicitation?.url !== undefined

/** Work that continues after the answer, polled with `tasks/get` (SEP-2663). */
export const tasksExtension = "io.modelcontextprotocol/tasks"

/** The client follows tasks itself. Only a declaration on this request counts, and only since 2026-07-28. */
export const supportsTasks = (server: McpServer, ctx: ServerContext): boolean =>
  isModern(server) && capabilitiesOf(server, ctx)?.extensions?.[tasksExtension] !== undefined
