import { maxBodyBytes, maxLineBytes, type Services, wireFailure } from "@klingkit/mcp"
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server"
import { AsyncLocalStorage } from "node:async_hooks"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { Admitted, Refused } from "./admission.ts"
import { corsHeaders, preflightHeaders } from "./cors.ts"
import { type Guard, denyReason } from "./guard.ts"
import { isCallback } from "./receive-callback.ts"
import { mcpEndpoint } from "./mcp-endpoint.ts"

/** How long a client may take, and how many may be connected. */
export interface ConnectionLimits {
  /** From the first byte of a request to its last. */
  readonly requestMillis: number
  readonly connections: number
}

const defaultConnectionLimits: ConnectionLimits = { requestMillis: 60_000, connections: 2000 }

export interface HttpOptions {
  readonly guard: Guard
  /** Serves a request whose caller is let in, until it is answered; else says why it is not. */
  readonly admit: (
    request: IncomingMessage,
    serve: (admitted: Admitted) => Promise<void>
  ) => Promise<Refused | undefined>
  /** Called for each request, with the services of its caller; a server lives for one request. */
  readonly buildServer: (services: Services) => McpServer
  /** What keeps the server from doing its work, for `/readyz`; nothing when all is well. */
  readonly findProblem?: () => Promise<string | undefined>
  /** Answers `/callbacks/kling` and what is below it with a status. */
  readonly receiveCallback?: (request: IncomingMessage, path: string) => Promise<number>
  /** JSON documents that everyone may read, by their paths. */
  readonly documents?: Readonly<Record<string, object>>
  readonly limits?: ConnectionLimits
}

export interface HttpApp {
  readonly server: Server
  /** Lets running calls finish within the grace period, then closes every connection. */
  close(graceMillis: number): Promise<void>
}

/** MCP at `/mcp`, health checks at `/healthz` and `/readyz`; the guard protects all of them. */
export const makeHttpApp = ({
  guard,
  admit,
  buildServer,
  findProblem = () => Promise.resolve(undefined),
  receiveCallback = () => Promise.resolve(404),
  documents = {},
  limits = defaultConnectionLimits
}: HttpOptions): HttpApp => {
  const report = (line: string) => process.stderr.write(`klingkit-mcp-http: ${line}\n`)
  const admitted = new AsyncLocalStorage<Services>()
  const mcp = createMcpHandler(
    () => {
      const services = admitted.getStore()
      if (services === undefined) throw new Error("a request was served without its caller's services")
      return buildServer(services)
    },
    { onerror: (error) => report(wireFailure(error)) }
  )
  const handleMcp = mcpEndpoint(mcp, report)

  const serveMcp = async (request: IncomingMessage, response: ServerResponse) => {
    const refused = await admit(request, ({ auth, services }) =>
      admitted.run(services, () => handleMcp(request, response, auth))
    )
    if (refused === undefined) return
    for (const [name, value] of Object.entries(refused.headers)) response.setHeader(name, value)
    respond(response, refused.status, { error: refused.message })
  }

  let closing = false
  const options = {
    requestTimeout: limits.requestMillis,
    headersTimeout: Math.min(limits.requestMillis, 10_000),
    connectionsCheckingInterval: Math.min(limits.requestMillis, 5000)
  }
  const server = createServer(options, (request, response) => {
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
    if (path === "/mcp" || path === "/mcp/") {
      void serveMcp(request, response)
    } else if (isCallback(path)) {
      void receiveCallback(request, path).then((status) => response.writeHead(status).end())
    } else if (path === "/healthz") {
      respond(response, 200, { status: "ok" })
    } else if (path === "/readyz") {
      void findProblem().then((problem) =>
        respond(
          response,
          problem === undefined ? 200 : 503,
          problem === undefined ? { status: "ok" } : { error: problem }
        )
      )
    } else if (Object.hasOwn(documents, path)) {
      respond(response, 200, documents[path] ?? {})
    } else {
      respond(response, 404, { error: "not found; MCP is at /mcp" })
    }
  })
  server.maxConnections = limits.connections

  const close = (graceMillis: number): Promise<void> =>
    new Promise((resolve) => {
      closing = true
      const timer = setTimeout(() => server.closeAllConnections(), graceMillis)
      server.close(() => {
        clearTimeout(timer)
        resolve(mcp.close())
      })
    })

  return { server, close }
}

const respond = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}
