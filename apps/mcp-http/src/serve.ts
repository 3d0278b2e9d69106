import { maxBodyBytes, maxLineBytes } from "@klingkit/mcp"
import { createServer, type Server } from "node:http"
import { corsHeaders, preflightHeaders } from "./cors.ts"
import { denyReason, type Guard } from "./guard.ts"
import { respond, type Route, routeOf } from "./route.ts"

/** How long a client may take, and how many may be connected. */
export interface ConnectionLimits {
  /** From the first byte of a request to its last. */
  readonly requestMillis: number
  readonly connections: number
}

const defaultConnectionLimits: ConnectionLimits = { requestMillis: 60_000, connections: 2000 }

export interface HttpOptions {
  readonly guard: Guard
  readonly routes: ReadonlyArray<Route>
  /** What still serves a response when the last connection is closed ends here. */
  readonly closeRoutes?: () => Promise<void>
  readonly limits?: ConnectionLimits
}

export interface HttpApp {
  readonly server: Server
  /** From now on no connection is kept for another request; new ones are still served. */
  drain(): void
  /** Lets running calls finish within the grace period, then closes every connection. */
  close(graceMillis: number): Promise<void>
}

/** An HTTP server whose routes are protected by the guard. */
export const makeHttpApp = ({
  guard,
  routes,
  closeRoutes = () => Promise.resolve(),
  limits = defaultConnectionLimits
}: HttpOptions): HttpApp => {
  let closing = false
  const options = {
    requestTimeout: limits.requestMillis,
    headersTimeout: Math.min(limits.requestMillis, 10_000),
    connectionsCheckingInterval: Math.min(limits.requestMillis, 5000)
  }
  const server = createServer(options, (request, response) => {
    if (closing) response.setHeader("connection", "close")
    // An idle keep-alive connection would keep the server from closing.
    response.once("close", () => closing && setImmediate(() => server.closeIdleConnections()))
    const reason = denyReason(request.headersDistinct, guard)
    if (reason !== undefined) return respond(response, 403, { error: reason })
    if (request.method === "OPTIONS") return void response.writeHead(204, preflightHeaders(request.headers)).end()
    for (const [name, value] of Object.entries(corsHeaders(request.headers))) response.setHeader(name, value)
    // Answered before the body is read: a connection that breaks during the upload would hide the response.
    if (Number(request.headers["content-length"] ?? 0) > maxLineBytes) {
      return respond(response, 413, { error: `a request may have at most ${maxBodyBytes} bytes` })
    }
    const path = request.url?.split("?", 1)[0] ?? ""
    const route = routeOf(routes, path)
    if (route === undefined) return respond(response, 404, { error: "not found; MCP is at /mcp" })
    void route.serve(request, response, path)
  })
  server.maxConnections = limits.connections

  const drain = () => {
    closing = true
  }
  const close = (graceMillis: number): Promise<void> =>
    new Promise((resolve) => {
      drain()
      const timer = setTimeout(() => server.closeAllConnections(), graceMillis)
      server.close(() => {
        clearTimeout(timer)
        resolve(closeRoutes())
      })
    })

  return { server, drain, close }
}
