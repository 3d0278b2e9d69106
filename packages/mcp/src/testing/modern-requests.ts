import { type CallToolResult, createMcpHandler } from "@modelcontextprotocol/server"
import { selectTools } from "@klingkit/tools"
import { Effect } from "effect"
import { buildServer, type Services } from "../build-server.ts"

export interface ModernAnswer {
  readonly result?: CallToolResult & {
    readonly inputRequests?: Readonly<Record<string, { readonly params: { readonly message: string } }>>
    readonly requestState?: string
    readonly taskId?: string
    readonly status?: string
    readonly createdAt?: string
  }
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
}

export const resultOf = ({ result, error }: ModernAnswer): NonNullable<ModernAnswer["result"]> => {
  if (result === undefined) throw new Error(JSON.stringify(error))
  return result
}

/** Single requests of revision 2026-07-28, as a client without the SDK, or a dishonest one, may send them. */
export const modernRequests = (services: Services, capabilities: Readonly<Record<string, unknown>>) => {
  const handler = createMcpHandler(async () =>
    buildServer(services, { tools: await Effect.runPromise(selectTools({ toolsets: "all" })), version: "1.2.3" })
  )
  return async (
    method: string,
    params: Readonly<Record<string, unknown>>,
    signal: AbortSignal | null = null
  ): Promise<ModernAnswer> => {
    const _meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": capabilities,
      "io.modelcontextprotocol/clientInfo": { name: "bare", version: "1" }
    }
    const name = ["name", "uri", "taskId"].map((field) => params[field]).find((value) => typeof value === "string")
    const response = await handler.fetch(
      new Request("http://server.example/mcp", {
        method: "POST",
        signal,
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          "mcp-protocol-version": "2026-07-28",
          "mcp-method": method,
          ...(name === undefined ? {} : { "mcp-name": name })
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...params, _meta } })
      })
    )
    return (await response.json()) as ModernAnswer
  }
}
