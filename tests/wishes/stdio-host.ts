import { createInterface } from "node:readline"
import { start } from "../mcp/server-process.ts"

/** An answer to one call, as a host passes it to its model. */
export interface Answer {
  readonly text: string
  readonly structured: Readonly<Record<string, unknown>>
  readonly isError: boolean
  /** Bytes of the images that it shows. */
  readonly images: ReadonlyArray<Buffer>
  /** Of the request and the answer, on the wire. */
  readonly bytes: number
}

export interface StdioHost {
  /** The names of the tools that it lists. */
  readonly tools: ReadonlyArray<string>
  readonly call: (tool: string, args: Readonly<Record<string, unknown>>) => Promise<Answer>
  readonly close: () => Promise<void>
}

interface Message {
  readonly id?: number
  readonly error?: { readonly code: number; readonly message: string }
  readonly result?: {
    readonly content?: ReadonlyArray<{ readonly type: string; readonly text?: string; readonly data?: string }>
    readonly structuredContent?: Readonly<Record<string, unknown>>
    readonly isError?: boolean
    readonly tools?: ReadonlyArray<{ readonly name: string }>
  }
}

/** Starts the built server with only the given environment and sends it bare lines, as most hosts of 2025 do. */
export const openHost = async (env: Readonly<Record<string, string>>): Promise<StdioHost> => {
  const server = start("klingkit-mcp", [], env)
  const waiting = new Map<number, (line: string) => void>()
  createInterface({ input: server.child.stdout }).on("line", (line) => {
    const { id } = JSON.parse(line) as Message
    if (id !== undefined) waiting.get(id)?.(line)
  })
  let lastId = 0
  const send = (message: object) => {
    const line = JSON.stringify({ jsonrpc: "2.0", ...message })
    server.child.stdin.write(`${line}\n`)
    return Buffer.byteLength(line)
  }
  const request = async (method: string, params: object) => {
    const id = (lastId += 1)
    const answered = new Promise<string>((resolve) => waiting.set(id, resolve))
    const sent = send({ id, method, params })
    const line = await Promise.race([answered, server.ended.then(() => Promise.reject(new Error(server.stderr)))])
    return { message: JSON.parse(line) as Message, bytes: sent + Buffer.byteLength(line) }
  }
  await request("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "wishes", version: "1" }
  })
  send({ method: "notifications/initialized" })
  const { message: listed } = await request("tools/list", {})
  return {
    tools: (listed.result?.tools ?? []).map(({ name }) => name),
    call: async (tool, args) => {
      const { message, bytes } = await request("tools/call", { name: tool, arguments: args })
      const { content = [], structuredContent = {}, isError = false } = message.result ?? {}
      return {
        text: message.error?.message ?? content.flatMap(({ text }) => (text === undefined ? [] : [text])).join("\n"),
        structured: structuredContent,
        isError: isError || message.error !== undefined,
        images: content.flatMap(({ data }) => (data === undefined ? [] : [Buffer.from(data, "base64")])),
        bytes
      }
    },
    close: async () => {
      server.child.stdin.end()
      await server.ended
    }
  }
}
