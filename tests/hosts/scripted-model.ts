import { once } from "node:events"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"

interface Part {
  readonly functionResponse?: { readonly response: unknown }
}

interface Asked {
  readonly contents: ReadonlyArray<{ readonly parts: ReadonlyArray<Part> }>
  readonly tools?: ReadonlyArray<{ readonly functionDeclarations?: ReadonlyArray<{ readonly name: string }> }>
}

/**
 * Stands in for Google's model, on this machine: twice it calls `generate_image` with these arguments, then it says that it is
 * done.
 */
export const startScriptedModel = async (args: Readonly<Record<string, unknown>>) => {
  const results: Array<string> = []
  const server = createServer(async (request, response) => {
    const { contents, tools = [] } = JSON.parse(await bodyOf(request)) as Asked
    const answered = contents.flatMap(({ parts }) => parts.flatMap((part) => part.functionResponse ?? []))
    results.splice(0, results.length, ...answered.map(({ response: result }) => JSON.stringify(result)))
    const name = tools
      .flatMap(({ functionDeclarations = [] }) => functionDeclarations)
      .find((tool) => tool.name.endsWith("_generate_image"))?.name
    const isDone = name === undefined || answered.length >= 2
    const parts = [isDone ? { text: "It is made." } : { functionCall: { name, args } }]
    const candidates = [{ content: { role: "model", parts }, finishReason: "STOP" }]
    response.writeHead(200, { "content-type": "text/event-stream" })
    response.end(`data: ${JSON.stringify({ candidates })}\n\n`)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What the host has handed back of each call, so far. */
    results: results as ReadonlyArray<string>,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    }
  }
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = ""
  for await (const chunk of request.setEncoding("utf8")) body += String(chunk)
  return body
}
