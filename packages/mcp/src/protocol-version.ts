import type { McpServer, ServerContext } from "@modelcontextprotocol/server"

/** Resource links in results came with this revision; older clients reject a result that contains one. */
const firstWithLinks = "2025-06-18"

/** From this revision on, requests are stateless: each carries the client's capabilities, and servers send no requests. */
const firstModern = "2026-07-28"

/** Revisions are dates, so they sort as text. An HTTP client that names none is an old one. */
export const takesResourceLinks = (server: McpServer, ctx: ServerContext): boolean => {
  const version = server.server.getNegotiatedProtocolVersion() ?? ctx.http?.req?.headers.get("mcp-protocol-version")
  return version !== undefined && version !== null && version >= firstWithLinks
}

export const isModern = (server: McpServer): boolean =>
  (server.server.getNegotiatedProtocolVersion() ?? "") >= firstModern
