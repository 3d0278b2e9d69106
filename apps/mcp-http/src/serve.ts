import { untrustedText } from "@klingkit/core"
import { type NodeIncomingMessageLike, toNodeHandler } from "@modelcontextprotocol/node"
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server"
import { createServer, type Server, type ServerResponse } from "node:http"
import { type Guard, refusalOf } from "./guard.ts"

export interface HttpOptions {
  readonly guard: Guard
  /** Called for each request: no server outlives one. */
  readonly buildServer: () => McpServer
}

export interface HttpApp {
  readonly server: Server
  /** Lets answers that are under way finish for a while, then ends every connection. */
  close(graceMillis: number): Promise<void>
}

const maxBodyBytes = 4 * 1024 * 1024

/** MCP at `/mcp`, a sign of life at `/healthz`; the guard stands in front of both. */
export const makeHttpApp = ({ guard, buildServer }: HttpOptions): HttpApp => {
  const onerror = (error: Error) => process.stderr.write(`klingkit-mcp-http: ${untrustedText(error.message)}\n`)
  const mcp = createMcpHandler(buildServer, { onerror, maxRequestBodySize: maxBodyBytes })
  const answerMcp = toNodeHandler(mcp, { onerror, maxRequestBodySize: maxBodyBytes })

  let closing = false
  const server = createServer((request, response) => {
    // A client that keeps its connection for the next call would keep a server from ending.
    response.once("close", () => closing && setImmediate(() => server.closeIdleConnections()))
    const refusal = refusalOf(request.headers, guard)
    if (refusal !== undefined) return answer(response, 403, { error: refusal })
    // Said before a byte is read: a connection that breaks in the middle of sending would hide the answer.
    if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) {
      return answer(response, 413, { error: `a request may have at most ${maxBodyBytes} bytes` })
    }
    const path = request.url?.split("?", 1)[0]
    if (path === "/mcp") {
      // A request that a server receives always has its method and its URL, which Node's types leave open.
      void answerMcp(request as NodeIncomingMessageLike, response)
    } else if (path === "/healthz") {
      answer(response, 200, { status: "ok" })
    } else {
      answer(response, 404, { error: "nothing here; MCP is at /mcp" })
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

const answer = (response: ServerResponse, status: number, body: Readonly<Record<string, string>>): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}
