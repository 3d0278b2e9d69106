import { instructions, type Tool, type ToolNeeds } from "@klingkit/tools"
import { McpServer } from "@modelcontextprotocol/server"
import { Effect, type ManagedRuntime } from "effect"
import { SignedState } from "./approval/signed-state.ts"
import { boardMeta, registerBoard } from "./board/board.ts"
import { tasksExtension } from "./client-capabilities.ts"
import { answerMissingTools } from "./missing-tools.ts"
import { registerPrompts } from "./prompts.ts"
import { registerResources } from "./resources.ts"
import { registerSkills } from "./skills.ts"
import { registerTasks } from "./tasks/register-tasks.ts"
import { registerTool } from "./register-tool.ts"
import { withBoundedAnswers } from "./wire/bounded-answers.ts"

/** Runs what tools do. Many servers may share one; it belongs to one Kling account. */
export type Services = Pick<ServicesRuntime, "runPromise">

/** The runtime behind the services, which its maker closes. */
export type ServicesRuntime = ManagedRuntime.ManagedRuntime<ToolNeeds | SignedState, never>

export interface ServerOptions {
  readonly tools: ReadonlyArray<Tool>
  readonly version: string
  /** The client runs on this machine and may share readable folders (`roots`). */
  readonly isLocal?: boolean
  /** Results may link to files, where the client can read links; yes when absent. */
  readonly resultLinks?: boolean
  /** Aborted when the server is about to stop: waits then end with what they know. */
  readonly stopping?: AbortSignal
  /** Origins from which the board may show media; from the environment when absent. */
  readonly mediaDomains?: ReadonlyArray<string>
}

const listHint = { ttlMs: 3_600_000, cacheScope: "public" } as const

/** Fields and list entries in the arguments of one call: checking millions of them would block every other call. */
const maxToolInputElements = 2000

/** Builds a server for one connection or one request. It holds no state: everything is found by task id. */
export const buildServer = (
  services: Services,
  { tools, version, isLocal = false, resultLinks = true, stopping, mediaDomains }: ServerOptions
): McpServer => {
  const server = new McpServer(
    { name: "klingkit", title: "Kling AI", version },
    {
      instructions,
      maxToolInputElements,
      capabilities: {
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
      // Forged state never reaches a tool.
      requestState: {
        verify: (signed, ctx) =>
          services.runPromise(SignedState.use((state) => Effect.flatMap(state.verify(signed, ctx), Effect.fromOption)))
      }
    }
  )
  const connect = server.connect.bind(server)
  server.connect = (transport) => connect(withBoundedAnswers(transport))
  // Not in the constructor, which would set the handler of calls at once.
  server.server.registerCapabilities({ tools: { listChanged: false } })
  answerMissingTools(server, tools)
  for (const tool of tools) {
    registerTool(server, services, tool, { meta: boardMeta(tool), isLocal, resultLinks, stopping, offered: tools })
  }
  registerTasks(server, services)
  registerResources(server, services)
  registerPrompts(server, services, tools)
  registerSkills(server)
  registerBoard(server, services, tools, mediaDomains)
  return server
}
