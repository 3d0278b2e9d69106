import { start, startHttp, type Started } from "./server-process.ts"

export interface BareAnswer {
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly code: number }
}

export interface Bare {
  readonly program: Started
  readonly send: (method: string, params: Readonly<Record<string, unknown>>) => Promise<BareAnswer>
}

let lastId = 0

/** Starts a server and sends it raw 2026-07-28 requests, with capabilities that no SDK's client declares yet. */
export const openBare = async (
  wire: "stdio" | "HTTP",
  env: Readonly<Record<string, string>>,
  capabilities: Readonly<Record<string, unknown>>
): Promise<Bare> => {
  const request = (method: string, params: Readonly<Record<string, unknown>>) => {
    lastId += 1
    const _meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "bare", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": capabilities
    }
    return { jsonrpc: "2.0", id: lastId, method, params: { ...params, _meta } }
  }
  if (wire === "HTTP") {
    const { program, url } = await startHttp(env)
    return { program, send: (method, params) => post(url, request(method, params)) }
  }
  const program = start("klingkit-mcp", [], env)
  const send: Bare["send"] = async (method, params) => {
    const message = request(method, params)
    program.child.stdin.write(`${JSON.stringify(message)}\n`)
    const [line] = await program.says(new RegExp(`^.*"id":${message.id}[,}].*$`, "m"))
    return JSON.parse(line) as BareAnswer
  }
  await send("server/discover", {})
  return { program, send }
}

const post = async (
  url: string,
  request: { readonly method: string; readonly params: Readonly<Record<string, unknown>> }
): Promise<BareAnswer> => {
  const name = request.params["name"] ?? request.params["taskId"]
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": request.method,
      "mcp-name": typeof name === "string" ? name : ""
    },
    body: JSON.stringify(request)
  })
  return (await response.json()) as BareAnswer
}
