import type { Kling } from "@klingkit/core"
import type { Jobs } from "@klingkit/jobs"
import { instructions, type Tool } from "@klingkit/tools"
import { McpServer } from "@modelcontextprotocol/server"
import { Effect, type ManagedRuntime } from "effect"
import { StateSeal } from "./approval/state-seal.ts"
import { boardMeta, registerBoard } from "./board/board.ts"
import { tasksExtension } from "./client-capabilities.ts"
import { registerPrompts } from "./prompts.ts"
import { registerResources } from "./resources.ts"
import { registerSkills } from "./skills.ts"
import { registerTasks } from "./tasks/register-tasks.ts"
import { registerTool } from "./register-tool.ts"

/** What runs the tools. One may stand behind many servers; it belongs to one Kling account. */
export type Services = ManagedRuntime.ManagedRuntime<Kling | Jobs | StateSeal, never>

export interface ServerOptions {
  readonly tools: ReadonlyArray<Tool>
  readonly version: string
  /** The client runs on this machine, and may open folders of it to be read from (`roots`). */
  readonly isLocal?: boolean
  /** Origins that the board may show media from; from the environment when absent. */
  readonly mediaDomains?: ReadonlyArray<string>
}

const listHint = { ttlMs: 3_600_000, cacheScope: "public" } as const

/** A fresh server for one connection or one request. It holds no state: everything is found again by a task's id. */
export const buildServer = (
  services: Services,
  { tools, version, isLocal = false, mediaDomains }: ServerOptions
): McpServer => {
  const server = new McpServer(
    { name: "klingkit", title: "Kling AI", version },
    {
      instructions,
      capabilities: {
        tools: { listChanged: false },
        resources: { listChanged: false },
        prompts: { listChanged: false },
        extensions: { [tasksExtension]: {} }
      },
      cacheHints: {
        "tools/list": listHint,
        "resources/list": listHint,
        "resources/templates/list": listHint,
        "prompts/list": listHint
      },
      // What was forged never reaches a tool.
      requestState: {
        verify: (sealed, ctx) =>
          services.runPromise(StateSeal.use((seal) => Effect.flatMap(seal.open(sealed, ctx), Effect.fromOption)))
      }
    }
  )
  for (const tool of tools) registerTool(server, services, tool, { meta: boardMeta(tool), isLocal })
  registerTasks(server, services)
  registerResources(server, services)
  registerPrompts(server, services, tools)
  registerSkills(server)
  registerBoard(server, services, tools, mediaDomains)
  return server
}
