import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { Client as OldClient } from "mcp-sdk-v1/client/index.js"
import { StdioClientTransport as OldStdio } from "mcp-sdk-v1/client/stdio.js"
import { StreamableHTTPClientTransport as OldHttp } from "mcp-sdk-v1/client/streamableHttp.js"
import { ElicitRequestSchema } from "mcp-sdk-v1/types.js"
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
  readonly images: ReadonlyArray<{ readonly mimeType: string; readonly bytes: Buffer }>
}

/**
 * What an MCP host does with a server, whichever SDK it was built with and whichever way it reaches the server. Every
 * answer must keep to the contract of all answers.
 */
export interface Host {
  listTools(): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>>
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<Answer>
  /** The text of a resource. */
  read(uri: string): Promise<string>
  /** What a prompt gives to the model. */
  prompt(name: string, args: Readonly<Record<string, string>>): Promise<string>
  /** What may be meant by what was typed into an argument of a prompt, or into a variable of a resource's address. */
  complete(
    of: { readonly prompt: string } | { readonly uri: string },
    name: string,
    value: string
  ): Promise<Array<string>>
  close(): Promise<void>
}

/** Whoever sits before a host: hears a question, and answers it. */
export type Person = (question: string) => Promise<{
  readonly action: "accept" | "decline"
  readonly content?: Record<string, boolean>
}>

const me = { name: "scenarios", version: "1" }

/** Starts the program with the given environment and connects one kind of client to it. */
export const connect = async (
  wire: Wire,
  kind: ClientKind,
  env: Readonly<Record<string, string>>,
  person?: Person
): Promise<Host> => {
  if (wire === "http") {
    const { program, url } = await startHttp(env)
    const host = await hostOf(kind, { url }, person)
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
  return hostOf(kind, { command, args: [entry], env: { ...env }, stderr: "ignore" }, person)
}

type Reach =
  | { readonly url: string }
  | {
      readonly command: string
      readonly args: Array<string>
      readonly env: Record<string, string>
      readonly stderr: "ignore"
    }

const hostOf = async (kind: ClientKind, reach: Reach, person: Person | undefined): Promise<Host> => {
  const client = kind === "v1" ? await oldClient(reach, person) : await newClient(kind, reach, person)
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

const withForms = { capabilities: { elicitation: { form: {} } } }

const oldClient = async (reach: Reach, person: Person | undefined): Promise<OldClient> => {
  const client = new OldClient(me, person === undefined ? {} : withForms)
  if (person !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({ ...(await person(params.message)) }))
  }
  await client.connect("url" in reach ? new OldHttp(new URL(reach.url)) : new OldStdio(reach))
  return client
}

const newClient = async (kind: ClientKind, reach: Reach, person: Person | undefined): Promise<Client> => {
  const client = new Client(me, {
    ...(kind === "v2 legacy" ? {} : { versionNegotiation: { mode: { pin: "2026-07-28" } } }),
    ...(person === undefined ? {} : withForms)
  })
  if (person !== undefined) client.setRequestHandler("elicitation/create", ({ params }) => person(params.message))
  await client.connect(
    "url" in reach ? new StreamableHTTPClientTransport(new URL(reach.url)) : new StdioClientTransport(reach)
  )
  return client
}

const answerOf = ({ content, structuredContent, isError }: RawResult): Answer => ({
  text: content.flatMap(({ text }) => (text === undefined ? [] : [text])).join("\n"),
  facts: structuredContent,
  isError: isError === true,
  links: content.flatMap(({ type, uri }) => (type === "resource_link" && uri !== undefined ? [uri] : [])),
  images: content.flatMap(({ type, mimeType = "", data = "" }) =>
    type === "image" ? [{ mimeType, bytes: Buffer.from(data, "base64") }] : []
  )
})
