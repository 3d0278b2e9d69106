import { unofferedTool, type Tool, unknownTool } from "@klingkit/tools"
import {
  type CallToolRequest,
  type CallToolResult,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext
} from "@modelcontextprotocol/server"
import { errorResult } from "./tool-result.ts"

type Handler = (request: CallToolRequest, ctx: ServerContext) => Promise<CallToolResult>
type SetHandler = (method: string, handler: Handler, ...others: ReadonlyArray<unknown>) => void

/**
 * Answers calls of tools that are not listed with what to do, in place of the SDK's bare "not found". Its handler of calls is
 * set once, with the first tool: that one is wrapped, so this comes before any tool is registered.
 */
export const answerMissingTools = ({ server }: McpServer, offered: ReadonlyArray<Tool>): void => {
  const setHandler = server.setRequestHandler.bind(server) as SetHandler
  const wrapping: SetHandler = (method, handler, ...others) =>
    setHandler(method, method === "tools/call" ? explaining(handler, offered) : handler, ...others)
  server.setRequestHandler = wrapping as typeof server.setRequestHandler
}

const explaining =
  (handler: Handler, offered: ReadonlyArray<Tool>): Handler =>
  async (request, ctx) => {
    const { name } = request.params
    const explained = unofferedTool(name, offered)
    if (explained !== undefined) return errorResult(explained)
    try {
      return await handler(request, ctx)
    } catch (error) {
      throw isNotFound(error, name)
        ? new ProtocolError(ProtocolErrorCode.InvalidParams, unknownTool(name, offered))
        : error
    }
  }

const isNotFound = (error: unknown, name: string): boolean =>
  error instanceof ProtocolError && error.message === `Tool ${name} not found`
