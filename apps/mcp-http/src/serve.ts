import { sanitizeText } from "@klingkit/core/internal"
import { type NodeIncomingMessageLike, toNodeHandler } from "@modelcontextprotocol/node"
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server"
import { createServer, type Server, type ServerResponse } from "node:http"
import { type Guard, denyReason } from "./guard.ts"

export interface HttpOptions {
  readonly guard: Guard
  /** Called for each request; a server lives for one request. */
  readonly buildServer: () => McpServer
}

export interface HttpApp {
  readonly server: Server
  /** Lets running calls finish within the grace period, then closes every connection. */
  close(graceMillis: number): Promise<void>
}

const maxBodyBytes = 4 * 1024 * 1024

/** MCP at `/mcp`, a health check at `/healthz`; the guard protects both. */
export const makeHttpApp = ({ guard, buildServer }: HttpOptions): HttpApp => {
  const onerror = (error: Error) => process.stderr.write(`klingkit-mcp-http: ${sanitizeText(error.message)}\n`)
  const mcp = createMcpHandler(buildServer, { onerror, maxRequestBodySize: maxBodyBytes })
  const handleMcp = toNodeHandler(mcp, { onerror, maxRequestBodySize: maxBodyBytes })

  let closing = false
  const server = createServer((request, response) => {
    // An idle keep-alive connection would keep the server from closing.
    response.once("close", () => closing && setImmediate(() => server.closeIdleConnections()))
    const reason = denyReason(request.headers, guard)
    if (reason !== undefined) return respond(response, 403, { error: reason })
    // Answered before the body is read: a connection that breaks during the upload would hide the response.
    if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) {
      return respond(response, 413, { error: `a request may have at most ${maxBodyBytes} bytes` })
    }
    const path = request.url?.split("?", 1)[0]
    if (path === "/mcp") {
      // A received request always has a method and a URL; Node's types leave both optional.
      void handleMcp(request as NodeIncomingMessageLike, response)
    } else if (path === "/healthz") {
      respond(response, 200, { status: "ok" })
    } else {
      respond(response, 404, { error: "not found; MCP is at /mcp" })
    }
  })

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

const respond = (response: ServerResponse, status: number, body: Readonly<Record<string, string>>): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}
