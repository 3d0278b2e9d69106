import type { McpServer, ServerContext } from "@modelcontextprotocol/server"

/** Links to resources in results came with this revision; clients of older ones refuse a result that holds one. */
const firstWithLinks = "2025-06-18"

/** From here on each request stands alone: it says what its client can do, and servers ask nothing by themselves. */
const firstModern = "2026-07-28"

/** Revisions are dates, so their text sorts like their age. A client over HTTP that names none is an old one. */
export const takesResourceLinks = (server: McpServer, ctx: ServerContext): boolean => {
  const version = server.server.getNegotiatedProtocolVersion() ?? ctx.http?.req?.headers.get("mcp-protocol-version")
  return version !== undefined && version !== null && version >= firstWithLinks
}

export const isModern = (server: McpServer): boolean =>
  (server.server.getNegotiatedProtocolVersion() ?? "") >= firstModern
