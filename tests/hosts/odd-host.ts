import { request } from "node:http"
import type { RawResult } from "../mcp/answer-contract.ts"
import { start, startHttp } from "../mcp/server-process.ts"

export const wires = ["stdio", "HTTP"] as const
export type Wire = (typeof wires)[number]

/** A JSON-RPC response as it came, or a request of the server's own. */
export interface Received {
  readonly id?: string | number | null
  readonly method?: string
  readonly result?: RawResult & Readonly<Record<string, unknown>>
  readonly error?: { readonly code: number; readonly message: string }
}

/** A chat app that sends what no SDK would: bytes as they are, to a built server. */
export interface OddHost {
  /** Sends one line, or one body, and waits for an answer to each of these ids. */
  readonly send: (text: string, ids: ReadonlyArray<string | number>) => Promise<ReadonlyArray<Received>>
  /** Where the server listens, over HTTP. */
  readonly url?: string
  /** Ends its side, and gives the exit code of the server. */
  readonly close: () => Promise<number | null>
}

export const initialize = (capabilities: object = {}) =>
  JSON.stringify({
    jsonrpc: "2.0",
    id: "initialize",
    method: "initialize",
    params: { protocolVersion: "2025-03-26", capabilities, clientInfo: { name: "odd host", version: "1" } }
  })

export const callOf = (id: string | number, name: string, args: unknown) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: args }
})

export const openOddHost = (wire: Wire, env: Readonly<Record<string, string>>): Promise<OddHost> =>
  wire === "stdio" ? openStdio(env) : openHttp(env)

const openStdio = async (env: Readonly<Record<string, string>>): Promise<OddHost> => {
  const program = start("klingkit-mcp", [], env)
  const send: OddHost["send"] = async (text, ids) => {
    const from = program.stdout.length
    program.child.stdin.write(`${text}\n`)
    for (const id of ids) await program.says(answerTo(id))
    return messagesIn(program.stdout.slice(from)).filter(({ id }) => ids.includes(id ?? ""))
  }
  await send(initialize(), ["initialize"])
  return {
    send,
    close: async () => {
      program.child.stdin.end()
      return (await program.ended).code
    }
  }
}

const openHttp = async (env: Readonly<Record<string, string>>): Promise<OddHost> => {
  const { program, url } = await startHttp(env)
  return {
    url,
    send: async (text) => messagesIn((await post(url, { body: text })).text),
    close: async () => {
      program.child.kill("SIGTERM")
      return (await program.ended).code
    }
  }
}

const json = { "content-type": "application/json", accept: "application/json" }

/** One body with exactly these headers: fetch would add an `Accept`. */
export const post = (
  url: string,
  { body, headers = json }: { readonly body: string; readonly headers?: Readonly<Record<string, string>> }
) =>
  new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const outgoing = request(url, { method: "POST", headers }, (response) => {
      let text = ""
      response
        .setEncoding("utf8")
        .on("data", (chunk: string) => (text += chunk))
        .on("end", () => resolve({ status: response.statusCode ?? 0, text }))
    })
    outgoing.on("error", reject).end(body)
  })

/** A response under this id: a result, or an error. */
export const answerTo = (id: string | number): RegExp =>
  new RegExp(`^\\{(?!.*"method":).*"id":${JSON.stringify(id)}[,}].*$`, "m")

/** Responses in lines, in a JSON list, in one JSON object, or in events. */
export const messagesIn = (text: string): ReadonlyArray<Received> =>
  text.split("\n").flatMap((line) => {
    const json = line.replace(/^data: /, "")
    return /^[[{]/.test(json) ? [JSON.parse(json) as Received | ReadonlyArray<Received>].flat() : []
  })
