import { start, startHttp, type Started } from "../mcp/server-process.ts"

/** A built server, and the text that its tools answer. */
export interface Server {
  readonly program: Started
  /** The text of the answer; rejects when the server has ended, or when the call is given up. */
  readonly call: (tool: string, args: object, signal?: AbortSignal) => Promise<string>
  /** The client is gone: it has closed the server's input, or its connection. */
  readonly leave: () => void
}

interface Answer {
  readonly result?: { readonly content: ReadonlyArray<{ readonly text?: string }> }
}

const textOf = ({ result }: Answer): string => (result?.content ?? []).map(({ text = "" }) => text).join("\n")

type Env = Readonly<Record<string, string>>

const overStdio = async (env: Env): Promise<Server> => {
  const program = start("klingkit-mcp", [], env)
  const send = (message: object) => program.child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "money", version: "1" } }
  send({ id: 0, method: "initialize", params })
  await program.says(/"id":0[,}]/)
  send({ method: "notifications/initialized" })
  let lastId = 0
  const call: Server["call"] = async (name, args, signal) => {
    lastId += 1
    const id = lastId
    send({ id, method: "tools/call", params: { name, arguments: args } })
    signal?.addEventListener("abort", () => send({ method: "notifications/cancelled", params: { requestId: id } }))
    const [line] = await program.says(new RegExp(`^.*"id":${id}[,}].*$`, "m"))
    return textOf(JSON.parse(line) as Answer)
  }
  return { program, call, leave: () => program.child.stdin.end() }
}

const overHttp = async (env: Env): Promise<Server> => {
  const { program, url } = await startHttp(env)
  const gone = new AbortController()
  const call: Server["call"] = async (name, args, signal) => {
    const params = { name, arguments: args }
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
      signal: AbortSignal.any([gone.signal, ...(signal === undefined ? [] : [signal])])
    })
    const text = await response.text()
    return textOf(JSON.parse(/^(?:data: )?(\{.*)$/m.exec(text)?.[1] ?? "{}") as Answer)
  }
  return { program, call, leave: () => gone.abort("gone") }
}

export const servers: Readonly<Record<string, (env: Env) => Promise<Server>>> = { stdio: overStdio, HTTP: overHttp }

/** Ends a server that the test has started. */
export const closed = async ({ program }: Server): Promise<void> => {
  program.child.kill("SIGTERM")
  await program.ended
}
