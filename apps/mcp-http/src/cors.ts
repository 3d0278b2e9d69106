import type { IncomingHttpHeaders } from "node:http"

type Headers = Readonly<Record<string, string>>

/** What pages may read of an answer, besides what they always may. */
const exposed = "mcp-session-id, mcp-protocol-version, www-authenticate, location, retry-after, x-request-id"

/** For a page whose origin the guard has allowed; a browser shows it no answer without them. */
export const corsHeaders = ({ origin }: IncomingHttpHeaders): Headers =>
  origin === undefined
    ? { vary: "origin" }
    : { vary: "origin", "access-control-allow-origin": origin, "access-control-expose-headers": exposed }

/** The answer to a browser that asks before it sends. Any header is allowed, since the origin is trusted. */
export const preflightHeaders = (headers: IncomingHttpHeaders): Headers => ({
  ...corsHeaders(headers),
  "access-control-allow-methods": "POST, GET, DELETE, OPTIONS",
  "access-control-allow-headers":
    headers["access-control-request-headers"] ??
    "content-type, accept, authorization, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id, last-event-id",
  "access-control-max-age": "7200",
  ...(headers["access-control-request-private-network"] === "true"
    ? { "access-control-allow-private-network": "true" }
    : {})
})
