import type { Kling } from "@klingkit/core"
import type { Jobs } from "@klingkit/jobs"
import type { Tool } from "@klingkit/tools"
import { McpServer } from "@modelcontextprotocol/server"
import type { ManagedRuntime } from "effect"
import { instructions } from "./instructions.ts"
import { registerTool } from "./register-tool.ts"

/** What runs the tools. One may stand behind many servers; it belongs to one Kling account. */
export type Services = ManagedRuntime.ManagedRuntime<Kling | Jobs, never>

export interface ServerOptions {
  readonly tools: ReadonlyArray<Tool>
  readonly version: string
}

/** A fresh server for one connection or one request. It holds no state: everything is found again by a task's id. */
export const buildServer = (services: Services, { tools, version }: ServerOptions): McpServer => {
  const server = new McpServer(
    { name: "klingkit", title: "Kling AI", version },
    {
      instructions,
      capabilities: { tools: { listChanged: false } },
      cacheHints: { "tools/list": { ttlMs: 3_600_000, cacheScope: "public" } }
    }
  )
  for (const tool of tools) registerTool(server, services, tool)
  return server
}
