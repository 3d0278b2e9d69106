import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { Client as OldClient } from "mcp-sdk-v1/client/index.js"
import { StdioClientTransport as OldStdio } from "mcp-sdk-v1/client/stdio.js"
import { StreamableHTTPClientTransport as OldHttp } from "mcp-sdk-v1/client/streamableHttp.js"
import { ElicitRequestSchema } from "mcp-sdk-v1/types.js"
import { answerContract, type RawResult } from "./answer-contract.ts"
import { commandOf, startHttp } from "./server-process.ts"

export const wires = ["stdio", "http"] as const
export const clients = ["v1", "v2 legacy", "v2 2026-07-28"] as const
export type Wire = (typeof wires)[number]
export type ClientKind = (typeof clients)[number]

export interface Answer {
  readonly text: string
  readonly structured: Readonly<Record<string, unknown>> | undefined
  readonly isError: boolean
  readonly links: ReadonlyArray<string>
  readonly images: ReadonlyArray<{ readonly mimeType: string; readonly bytes: Buffer }>
}

/** An MCP host, whichever SDK and transport it uses. Every tool answer must satisfy the answer contract. */
export interface Host {
  listTools(): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>>
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<Answer>
  /** The text of a resource. */
  read(uri: string): Promise<string>
  /** The text of a prompt. */
  prompt(name: string, args: Readonly<Record<string, string>>): Promise<string>
  /** Completions for an argument of a prompt, or for a variable of a resource's URI template. */
  complete(
    of: { readonly prompt: string } | { readonly uri: string },
    name: string,
    value: string
  ): Promise<Array<string>>
  close(): Promise<void>
}

/** The user of a host, who answers elicitations. */
export type User = (question: string) => Promise<{
  readonly action: "accept" | "decline"
  readonly content?: Record<string, boolean>
}>

const clientInfo = { name: "scenarios", version: "1" }

/** Starts the program with the given environment and connects one kind of client to it. */
export const connect = async (
  wire: Wire,
  kind: ClientKind,
  env: Readonly<Record<string, string>>,
  user?: User
): Promise<Host> => {
  if (wire === "http") {
    const { program, url } = await startHttp(env)
    const host = await hostOf(kind, { url }, user)
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
  return hostOf(kind, { command, args: [entry], env: { ...env }, stderr: "ignore" }, user)
}

type Target =
  | { readonly url: string }
  | {
      readonly command: string
      readonly args: Array<string>
      readonly env: Record<string, string>
      readonly stderr: "ignore"
    }

const hostOf = async (kind: ClientKind, target: Target, user: User | undefined): Promise<Host> => {
  const client = kind === "v1" ? await oldClient(target, user) : await newClient(kind, target, user)
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
    read: async (uri) => {
      const [content] = (await client.readResource({ uri })).contents
      return content !== undefined && "text" in content ? content.text : ""
    },
    prompt: async (name, args) => {
      const { messages } = await client.getPrompt({ name, arguments: { ...args } })
      return messages.map(({ content }) => (content.type === "text" ? content.text : "")).join("\n")
    },
    complete: async (of, name, value) => {
      const ref =
        "uri" in of ? { type: "ref/resource" as const, ...of } : { type: "ref/prompt" as const, name: of.prompt }
      return (await client.complete({ ref, argument: { name, value } })).completion.values
    },
    close: () => client.close()
  }
}

const withElicitation = { capabilities: { elicitation: { form: {} } } }

const oldClient = async (target: Target, user: User | undefined): Promise<OldClient> => {
  const client = new OldClient(clientInfo, user === undefined ? {} : withElicitation)
  if (user !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({ ...(await user(params.message)) }))
  }
  await client.connect("url" in target ? new OldHttp(new URL(target.url)) : new OldStdio(target))
  return client
}

const newClient = async (kind: ClientKind, target: Target, user: User | undefined): Promise<Client> => {
  const client = new Client(clientInfo, {
    ...(kind === "v2 legacy" ? {} : { versionNegotiation: { mode: { pin: "2026-07-28" } } }),
    ...(user === undefined ? {} : withElicitation)
  })
  if (user !== undefined) client.setRequestHandler("elicitation/create", ({ params }) => user(params.message))
  await client.connect(
    "url" in target ? new StreamableHTTPClientTransport(new URL(target.url)) : new StdioClientTransport(target)
  )
  return client
}

const answerOf = ({ content, structuredContent, isError }: RawResult): Answer => ({
  text: content.flatMap(({ text }) => (text === undefined ? [] : [text])).join("\n"),
  structured: structuredContent,
  isError: isError === true,
  links: content.flatMap(({ type, uri }) => (type === "resource_link" && uri !== undefined ? [uri] : [])),
  images: content.flatMap(({ type, mimeType = "", data = "" }) =>
    type === "image" ? [{ mimeType, bytes: Buffer.from(data, "base64") }] : []
  )
})
