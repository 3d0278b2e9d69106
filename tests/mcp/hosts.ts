import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { Client as OldClient } from "mcp-sdk-v1/client/index.js"
import { StdioClientTransport as OldStdio } from "mcp-sdk-v1/client/stdio.js"
import { StreamableHTTPClientTransport as OldHttp } from "mcp-sdk-v1/client/streamableHttp.js"
import { answerContract, type RawResult } from "./answer-contract.ts"
import { commandOf, startHttp } from "./program.ts"

export const wires = ["stdio", "http"] as const
export const clients = ["v1", "v2 legacy", "v2 2026-07-28"] as const
export type Wire = (typeof wires)[number]
export type ClientKind = (typeof clients)[number]

export interface Answer {
  readonly text: string
  readonly facts: Readonly<Record<string, unknown>> | undefined
  readonly isError: boolean
  readonly links: ReadonlyArray<string>
}

/**
 * What an MCP host does with a server, whichever SDK it was built with and whichever way it reaches the server. Every
 * answer must keep to the contract of all answers.
 */
export interface Host {
  listTools(): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>>
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<Answer>
  close(): Promise<void>
}

const me = { name: "scenarios", version: "1" }

/** Starts the program with the given environment and connects one kind of client to it. */
export const connect = async (wire: Wire, kind: ClientKind, env: Readonly<Record<string, string>>): Promise<Host> => {
  if (wire === "http") {
    const { program, url } = await startHttp(env)
    const host = await hostOf(kind, { url })
    return {
      ...host,
      close: async () => {
        await host.close()
        program.child.kill("SIGTERM")
        await program.ended
      }
    }
  }
  const { command, entry } = commandOf("klingkit-mcp")
  return hostOf(kind, { command, args: [entry], env: { ...env }, stderr: "ignore" })
}

type Reach =
  | { readonly url: string }
  | {
      readonly command: string
      readonly args: Array<string>
      readonly env: Record<string, string>
      readonly stderr: "ignore"
    }

const hostOf = async (kind: ClientKind, reach: Reach): Promise<Host> => {
  const client = kind === "v1" ? await oldClient(reach) : await newClient(kind, reach)
  const listTools = async () => (await client.listTools()).tools
  const problemsOf = answerContract(await listTools())
  return {
    listTools,
    call: async (name, args) => {
      const result = (await client.callTool({ name, arguments: { ...args } })) as RawResult
      const problems = problemsOf(name, result)
      if (problems.length > 0) throw new Error(`${name} ${JSON.stringify(args)}: its answer ${problems.join("; ")}`)
      return answerOf(result)
    },
    close: () => client.close()
  }
}

const oldClient = async (reach: Reach): Promise<OldClient> => {
  const client = new OldClient(me)
  await client.connect("url" in reach ? new OldHttp(new URL(reach.url)) : new OldStdio(reach))
  return client
}

const newClient = async (kind: ClientKind, reach: Reach): Promise<Client> => {
  const client = new Client(me, kind === "v2 legacy" ? {} : { versionNegotiation: { mode: { pin: "2026-07-28" } } })
  await client.connect(
    "url" in reach ? new StreamableHTTPClientTransport(new URL(reach.url)) : new StdioClientTransport(reach)
  )
  return client
}

const answerOf = ({ content, structuredContent, isError }: RawResult): Answer => ({
  text: content.flatMap(({ text }) => (text === undefined ? [] : [text])).join("\n"),
  facts: structuredContent,
  isError: isError === true,
  links: content.flatMap(({ type, uri }) => (type === "resource_link" && uri !== undefined ? [uri] : []))
})
