import { maxBodyBytes, maxLineBytes, wireFailure } from "@klingkit/mcp"
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server"
import { createServer, type Server, type ServerResponse } from "node:http"
import { corsHeaders, preflightHeaders } from "./cors.ts"
import { type Guard, denyReason } from "./guard.ts"
import { mcpEndpoint } from "./mcp-endpoint.ts"

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

/** MCP at `/mcp`, a health check at `/healthz`; the guard protects both. */
export const makeHttpApp = ({ guard, buildServer }: HttpOptions): HttpApp => {
  const report = (line: string) => process.stderr.write(`klingkit-mcp-http: ${line}\n`)
  const mcp = createMcpHandler(buildServer, { onerror: (error) => report(wireFailure(error)) })
  const handleMcp = mcpEndpoint(mcp, report)

  let closing = false
  const server = createServer((request, response) => {
    // An idle keep-alive connection would keep the server from closing.
    response.once("close", () => closing && setImmediate(() => server.closeIdleConnections()))
    const reason = denyReason(request.headers, guard)
    if (reason !== undefined) return respond(response, 403, { error: reason })
    if (request.method === "OPTIONS") return void response.writeHead(204, preflightHeaders(request.headers)).end()
    for (const [name, value] of Object.entries(corsHeaders(request.headers))) response.setHeader(name, value)
    // Answered before the body is read: a connection that breaks during the upload would hide the response.
    if (Number(request.headers["content-length"] ?? 0) > maxLineBytes) {
      return respond(response, 413, { error: `a request may have at most ${maxBodyBytes} bytes` })
    }
    const path = request.url?.split("?", 1)[0]
    if (path === "/mcp" || path === "/mcp/") {
      void handleMcp(request, response)
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
