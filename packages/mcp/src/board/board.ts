import { boardTasks, type Tool } from "@klingkit/tools"
import type { McpServer } from "@modelcontextprotocol/server"
import type { Services } from "../build-server.ts"
import { registerTool } from "../register-tool.ts"
import { mediaDomainsFromConfig } from "./media-domains.ts"
import { boardPage } from "./page.generated.ts"

/** The page that hosts show with a result (MCP Apps, 2026-01-26). */
export const boardUri = "ui://klingkit/board"
const mimeType = "text/html;profile=mcp-app"

/**
 * Metadata that links a tool to the page: tools whose results contain tasks and their state. A download has no more to show than
 * the page that its tasks have already. Older hosts read the flat key.
 */
export const boardMeta = ({
  hints,
  outputSchema: { properties }
}: Tool): Readonly<Record<string, unknown>> | undefined =>
  ("task_id" in properties && "status" in properties) || ("tasks" in properties && hints.readOnly)
    ? { ui: { resourceUri: boardUri }, "ui/resourceUri": boardUri }
    : undefined

/** Registers the page and the one tool that it calls; hosts hide that tool from the model. */
export const registerBoard = (
  server: McpServer,
  services: Services,
  tools: ReadonlyArray<Tool>,
  mediaDomains?: ReadonlyArray<string>
): void => {
  registerTool(server, services, boardTasks, { meta: { ui: { visibility: ["app"] } } })
  server.registerResource(
    "board",
    boardUri,
    {
      title: "Kling board",
      description: "Progress and results of tasks, for users",
      mimeType,
      cacheHint: { ttlMs: 3_600_000, cacheScope: "public" }
    },
    async () => {
      const resourceDomains = [...(mediaDomains ?? (await services.runPromise(mediaDomainsFromConfig)))]
      const ui = {
        csp: { resourceDomains, connectDomains: [] },
        permissions: { clipboardWrite: {} },
        prefersBorder: true
      }
      return { contents: [{ uri: boardUri, mimeType, text: pageFor(tools), _meta: { ui } }] }
    }
  )
}

/** The page with this server's settings; `<` is escaped so that no text can end the block early. */
const pageFor = (tools: ReadonlyArray<Tool>): string => {
  const settings = JSON.stringify({ tools: tools.map(({ name }) => name) })
  return boardPage.replace(/(?<= id="settings">)\s*\{\}\s*(?=<)/, () => settings.replaceAll("<", "\\u003c"))
}
