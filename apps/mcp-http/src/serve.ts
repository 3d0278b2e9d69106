import { maxBodyBytes, maxLineBytes } from "@klingkit/mcp"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { performance } from "node:perf_hooks"
import { corsHeaders, preflightHeaders } from "./cors.ts"
import { denyReason, type Guard } from "./guard.ts"
import { giveRequestId, requestIdHeader } from "./request-id.ts"
import { respond, type Route, routeOf } from "./route.ts"

/** How long a client may take, and how many may be connected. */
export interface ConnectionLimits {
  /** From the first byte of a request to its last. */
  readonly requestMillis: number
  readonly connections: number
}

const defaultConnectionLimits: ConnectionLimits = { requestMillis: 60_000, connections: 2000 }

/** How a request was answered. */
export interface Answered {
  /** The path of the route, or `none`. */
  readonly route: string
  /** 499 when the client was gone before the answer began. */
  readonly status: number
  readonly millis: number
}

/** Gets each request that arrives; what it returns gets how the request was answered. */
export type Observe = (request: IncomingMessage) => (answered: Answered) => void

export interface HttpOptions {
  readonly guard: Guard
  readonly routes: ReadonlyArray<Route>
  /** What still serves a response when the last connection is closed ends here. */
  readonly closeRoutes?: () => Promise<void>
  readonly observe?: Observe
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
  observe = () => () => undefined,
  limits = defaultConnectionLimits
}: HttpOptions): HttpApp => {
  let closing = false
  const options = {
    // Node's limit is one for all routes.
    requestTimeout: Math.max(limits.requestMillis, ...routes.map(({ requestMillis = 0 }) => requestMillis)),
    headersTimeout: Math.min(limits.requestMillis, 10_000),
    connectionsCheckingInterval: Math.min(limits.requestMillis, 5000)
  }
  const server = createServer(options, (request, response) => {
    if (closing) response.setHeader("connection", "close")
    response.setHeader(requestIdHeader, giveRequestId(request))
    const path = request.url?.split("?", 1)[0] ?? ""
    const route = routeOf(routes, path)
    const [startedAt, answered] = [performance.now(), observe(request)]
    response.once("close", () =>
      answered({
        route: route?.path ?? "none",
        status: response.headersSent ? response.statusCode : 499,
        millis: Math.round(performance.now() - startedAt)
      })
    )
    // An idle keep-alive connection would keep the server from closing.
    response.once("close", () => closing && setImmediate(() => server.closeIdleConnections()))
    const late = setTimeout(() => endLate(request, response), route?.requestMillis ?? limits.requestMillis)
    request.once("close", () => clearTimeout(late))
    const refuse = route?.refuse ?? ((to, status, error) => respond(to, status, { error }))
    const reason = denyReason(request.headersDistinct, guard)
    if (reason !== undefined) return refuse(response, 403, reason)
    if (request.method === "OPTIONS") return void response.writeHead(204, preflightHeaders(request.headers)).end()
    for (const [name, value] of Object.entries(corsHeaders(request.headers))) response.setHeader(name, value)
    // Answered before the body is read: a connection that breaks during the upload would hide the response.
    if (Number(request.headers["content-length"] ?? 0) > (route?.maxBytes ?? maxLineBytes)) {
      return refuse(response, 413, `a request may have at most ${route?.maxBytes ?? maxBodyBytes} bytes`)
    }
    if (route === undefined) return respond(response, 404, { error: "not found; MCP is at /mcp, REST at /v1" })
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

/** Ends a connection whose request has not arrived in its time, as Node would: past the response, which its route may still write. */
const endLate = (request: IncomingMessage, response: ServerResponse): void => {
  if (request.complete) return
  if (!response.headersSent) request.socket.write("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n")
  request.socket.destroySoon()
}
