import { type Services, wireFailure } from "@klingkit/mcp"
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server"
import { AsyncLocalStorage } from "node:async_hooks"
import { type Admit, refuse } from "../admission.ts"
import type { Route } from "../route.ts"
import { mcpEndpoint } from "./mcp-endpoint.ts"

/** MCP at `/mcp`. `buildServer` is called for each request with the services of its caller; a server lives for one request. */
export const mcpRoutes = (
  admit: Admit,
  buildServer: (services: Services) => McpServer
): { readonly routes: ReadonlyArray<Route>; close(): Promise<void> } => {
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
  const serve: Route["serve"] = async (request, response) => {
    const refused = await admit(request, ({ auth, services }) =>
      admitted.run(services, () => handleMcp(request, response, auth))
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
