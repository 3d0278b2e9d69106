import { selectTools, type Tool } from "@klingkit/tools"
import { Client, InMemoryTransport, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { createMcpHandler } from "@modelcontextprotocol/server"
import { Effect } from "effect"
import { buildServer, type Services } from "../build-server.ts"

/** The transports that a server must support: a 2025 connection, single 2025 HTTP requests, and 2026 ones. */
export const wires = ["2025 connection", "2025 HTTP", "2026 HTTP"] as const
export type Wire = (typeof wires)[number]

/** Answers the questions that a client shows its user. */
export type User = (question: string) => Promise<{
  readonly action: "accept" | "decline" | "cancel"
  readonly content?: Record<string, boolean>
}>

/** A real client in front of a real server, with nothing but memory between them. */
export const connectedClient = async (
  services: Services,
  wire: Wire = "2025 connection",
  tools?: ReadonlyArray<Tool>,
  user?: User
) => {
  const options = { tools: tools ?? (await Effect.runPromise(selectTools())), version: "1.2.3" }
  const client = new Client(
    { name: "test", version: "1" },
    {
      ...(wire === "2026 HTTP" ? { versionNegotiation: { mode: { pin: "2026-07-28" } } } : {}),
      ...(user === undefined ? {} : { capabilities: { elicitation: { form: {} } } })
    }
  )
  if (user !== undefined) {
    client.setRequestHandler("elicitation/create", ({ params }) => user(params.message))
  }
  if (wire === "2025 connection") {
    const [clientSide, serverSide] = InMemoryTransport.createLinkedPair()
    await buildServer(services, options).connect(serverSide)
    await client.connect(clientSide)
  } else {
    const handler = createMcpHandler(() => buildServer(services, options))
    const transport = new StreamableHTTPClientTransport(new URL("http://server.example/mcp"), {
      fetch: (url, init) => handler.fetch(new Request(url, init))
    })
    await client.connect(transport)
  }
  return client
}

/** The text of a result. */
export const textOf = ({ content }: Awaited<ReturnType<Client["callTool"]>>): string =>
  content.map((block) => (block.type === "text" ? block.text : "")).join("\n")
