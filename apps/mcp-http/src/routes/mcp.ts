import { type Services, wireFailure } from "@klingkit/mcp"
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server"
import { AsyncLocalStorage } from "node:async_hooks"
import { type Admit, refuse } from "../admission.ts"
import { requestIdOf } from "../request-id.ts"
import type { Route } from "../route.ts"
import { mcpEndpoint } from "./mcp-endpoint.ts"

/** MCP at `/mcp`. `buildServer` is called for each request with the services of its caller; a server lives for one request. */
export const mcpRoutes = (
  admit: Admit,
  buildServer: (services: Services) => McpServer,
  report: (line: string, requestId?: string) => void
): { readonly routes: ReadonlyArray<Route>; close(): Promise<void> } => {
  const current = new AsyncLocalStorage<{ readonly services: Services; readonly requestId: string }>()
  const reportCurrent = (line: string) => report(line, current.getStore()?.requestId)
  const mcp = createMcpHandler(
    () => {
      const served = current.getStore()
      if (served === undefined) throw new Error("a request was served without its caller's services")
      return buildServer(served.services)
    },
    { onerror: (error) => reportCurrent(wireFailure(error)) }
  )
  const handleMcp = mcpEndpoint(mcp, reportCurrent)
  const serve: Route["serve"] = async (request, response) => {
    const refused = await admit(request, ({ auth, services }) =>
      current.run({ services, requestId: requestIdOf(request) }, () => handleMcp(request, response, auth))
    )
    if (refused !== undefined) refuse(response, refused)
  }
  return {
    routes: [
      { path: "/mcp", serve },
      { path: "/mcp/", serve }
    ],
    close: () => mcp.close()
  }
}
