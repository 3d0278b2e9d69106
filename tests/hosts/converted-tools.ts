import { createGoogleGenerativeAI } from "@ai-sdk/google"
import { createOpenAI } from "@ai-sdk/openai"
import { mcpToTool } from "@google/genai"
import { ChatGoogleGenerativeAI } from "@langchain/google-genai"
import { loadMcpTools } from "@langchain/mcp-adapters"
import { type MCPServer, mcpToFunctionTool } from "@openai/agents-core"

/** A tool as a server lists it. */
export interface ListedTool {
  readonly name: string
  readonly description?: string
  readonly inputSchema: Schema
}

/** JSON Schema, as a model is given it. */
export interface Schema {
  readonly type?: unknown
  readonly description?: string
  readonly enum?: ReadonlyArray<unknown>
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: ReadonlyArray<Schema>
  readonly parameters?: Schema
  readonly parametersJsonSchema?: Schema
}

/** The parameters of each tool, as a host's own code hands them to its model. */
type Converter = (tools: ReadonlyArray<ListedTool>) => Promise<Readonly<Record<string, Schema>>>

/** A client of which only the list of tools is asked. */
const clientOf = (tools: ReadonlyArray<ListedTool>) =>
  ({ listTools: async () => ({ tools }) }) as unknown as Parameters<typeof loadMcpTools>[1] &
    Parameters<typeof mcpToTool>[0]

const byName = (
  declared: ReadonlyArray<Schema & { readonly name?: string | undefined }>
): Readonly<Record<string, Schema>> =>
  Object.fromEntries(declared.map((one) => [one.name ?? "", one.parameters ?? one.parametersJsonSchema ?? {}]))

/** Asks a model of the AI SDK; what it would send is kept, and nothing is sent. */
const sentBy = async (
  modelOf: (fetch: typeof globalThis.fetch) => ReturnType<ReturnType<typeof createGoogleGenerativeAI>>,
  tools: ReadonlyArray<ListedTool>
): Promise<unknown> => {
  let body: unknown
  const fetch: typeof globalThis.fetch = async (_, init) => {
    body = typeof init?.body === "string" ? JSON.parse(init.body) : undefined
    return new Response("{}", { status: 400 })
  }
  const functions = tools.map(({ name, description = "", inputSchema }) => ({
    type: "function" as const,
    name,
    description,
    inputSchema: inputSchema as never
  }))
  const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: "a fox" }] }]
  await Promise.resolve(modelOf(fetch).doGenerate({ prompt, tools: functions })).catch(() => undefined)
  return body
}

interface GeminiTools {
  readonly tools: ReadonlyArray<{ readonly functionDeclarations: ReadonlyArray<Schema & { readonly name: string }> }>
}

export const converters: Readonly<Record<string, Converter>> = {
  "Google Gen AI, as in Gemini CLI": async (tools) => {
    const { functionDeclarations = [] } = await mcpToTool(clientOf(tools), {}).tool()
    return byName(functionDeclarations as ReadonlyArray<Schema & { readonly name?: string }>)
  },
  "AI SDK for Google": async (tools) => {
    const model = (fetch: typeof globalThis.fetch) => createGoogleGenerativeAI({ apiKey: "x", fetch })("gemini-2.5-pro")
    const { tools: sent } = (await sentBy(model, tools)) as GeminiTools
    return byName(sent.flatMap(({ functionDeclarations }) => functionDeclarations))
  },
  "AI SDK for OpenAI": async (tools) => {
    const model = (fetch: typeof globalThis.fetch) => createOpenAI({ apiKey: "x", fetch })("gpt-5")
    const { tools: sent } = (await sentBy(model, tools)) as {
      readonly tools: ReadonlyArray<Schema & { readonly name: string }>
    }
    return byName(sent)
  },
  "OpenAI Agents, strict": async (tools) => {
    const server = { name: "klingkit" } as unknown as MCPServer
    return byName(
      tools.map((tool) => {
        const { name, parameters } = mcpToFunctionTool(tool as Parameters<typeof mcpToFunctionTool>[0], server, true)
        return { name, parameters: parameters as Schema }
      })
    )
  },
  "LangChain's MCP adapters, for Gemini": async (tools) => {
    const loaded = await loadMcpTools("klingkit", clientOf(tools))
    const model = new ChatGoogleGenerativeAI({ apiKey: "x", model: "gemini-2.5-pro" })
    const { tools: sent } = model.invocationParams({ tools: loaded }) as unknown as GeminiTools
    return byName(sent.flatMap(({ functionDeclarations }) => functionDeclarations))
  }
}
