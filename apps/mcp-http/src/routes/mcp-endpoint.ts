import {
  FrameCollector,
  type Inbound,
  maxBodyBytes,
  maxLineBytes,
  noId,
  readMessages,
  refusalJson,
  serverError
} from "@klingkit/mcp"
import { type NodeIncomingMessageLike, toNodeHandler } from "@modelcontextprotocol/node"
import { type AuthInfo, isJsonContentType, type McpHttpHandler } from "@modelcontextprotocol/server"
import type { IncomingMessage, ServerResponse } from "node:http"
import { acceptedBy } from "./accept.ts"
import { jsonResponse } from "./answer-form.ts"
import { authOption, serveMessages } from "./serve-messages.ts"

/**
 * `/mcp` in front of the SDK's handler: bodies are read as the stdio server reads lines, so that both answer alike, and each
 * client gets the form that it accepts.
 */
export const mcpEndpoint =
  (mcp: McpHttpHandler, report: (line: string) => void) =>
  async (request: IncomingMessage, response: ServerResponse, auth?: AuthInfo): Promise<void> => {
    const respond = (fetch: McpHttpHandler["fetch"], body?: null) =>
      // A received request always has a method and a URL; Node's types leave both optional.
      toNodeHandler({ fetch }, { onerror: ({ message }) => report(message) })(
        request as NodeIncomingMessageLike,
        response,
        body
      )
    const refuse = (status: number, message: string) =>
      respond(async () => jsonResponse(status, refusalJson({ id: noId, code: serverError, message })), null)

    if (request.method !== "POST") return respond((web) => mcp.fetch(web, authOption(auth)))
    if (!isJsonContentType(request.headers["content-type"])) return refuse(415, "Content-Type must be application/json")
    const accepted = acceptedBy(request.headers.accept)
    if (!accepted.json && !accepted.eventStream) {
      return refuse(406, "Accept must allow application/json or text/event-stream")
    }
    const body = await readBody(request)
    if (body === undefined) return undefined
    for (const line of body.reports) report(line)
    return respond((web) => serveMessages(mcp, web, body, { accepted, auth }), null)
  }

/**
 * The messages of a body; undefined when the client is gone. One that is too large is still scanned for its id, up to what a
 * line may have over stdio.
 */
const readBody = async (request: IncomingMessage): Promise<Inbound | undefined> => {
  const body = new FrameCollector(maxBodyBytes)
  let bytes = 0
  try {
    // Ending the request with the loop would break the connection before it is answered.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      body.push(chunk)
      bytes += chunk.length
      if (bytes > maxLineBytes) break
    }
  } catch {
    return undefined
  }
  return readMessages(body.end(), maxBodyBytes)
}
