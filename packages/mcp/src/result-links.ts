import type { KlingError } from "@klingkit/core"
import { invalidInput, onOffSetting } from "@klingkit/core/internal"
import type { McpServer, ServerContext } from "@modelcontextprotocol/server"
import { Effect, Option } from "effect"
import { clientNameOf } from "./client-capabilities.ts"
import { takesResourceLinks } from "./protocol-version.ts"

interface BrokenClient {
  /** The `clientInfo.name` that it sends. */
  readonly name: RegExp
  /** What it does with a result that contains a resource link, and where that was reported. */
  readonly source: string
}

/** Clients that lose a whole result because of a link in it, although they negotiate a revision that has links. */
const brokenClients: ReadonlyArray<BrokenClient> = [
  {
    name: /^codex-mcp-client$/,
    source: "the Codex app fails the call with 'Unexpected response type' (openai/codex issue 33404, July 2026)"
  },
  {
    name: /^(kiro|q dev cli)/i,
    source:
      "Kiro drops the result with 'Unsupported response item type' (kirodotdev/Kiro issue 8960, May 2026); its CLI calls itself Q DEV CLI (issue 6935)"
  },
  {
    name: /^cline$/i,
    source: "Cline's own schema of results has no links: a validation error (cline/cline issue 5208, July 2025)"
  },
  {
    name: /^langchain-mcp-adapter/,
    source:
      "@langchain/mcp-adapters throws ToolException for the type (langchain-ai/langchainjs pull request 10005, fixed in February 2026)"
  }
]

/** From `KLINGKIT_RESULT_LINKS`: whether results may link to files. Their URLs are in the text in any case. */
export const resultLinks: Effect.Effect<boolean, KlingError> = onOffSetting("KLINGKIT_RESULT_LINKS").pipe(
  Effect.map(Option.getOrElse(() => true)),
  Effect.mapError((message) => invalidInput([{ field: "KLINGKIT_RESULT_LINKS", message }]))
)

/** The client can read links: its revision has them, and it is not known to break on them. */
export const canReadLinks = (server: McpServer, ctx: ServerContext): boolean => {
  const name = clientNameOf(server, ctx)
  return takesResourceLinks(server, ctx) && !brokenClients.some((client) => client.name.test(name))
}
