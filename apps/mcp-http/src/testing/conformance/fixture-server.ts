// For tests only: the server of `klingkit-mcp-http` (guard, transport and `buildServer` with all Kling tools), plus the
// tools, resources and prompts that the conformance suite expects of a server.
import { NodeServices } from "@effect/platform-node"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHost } from "@klingkit/jobs/node"
import { buildServer, makeServices, selectedTools } from "@klingkit/mcp"
import { Effect, Layer } from "effect"
import type { AddressInfo } from "node:net"
import { mcpRoutes } from "../../routes/mcp.ts"
import { makeHttpApp } from "../../serve.ts"
import { addContentTools } from "./content-tools.ts"
import { addInputTools } from "./input-tools.ts"
import { addPrompts } from "./prompts.ts"
import { addResources } from "./resources.ts"
import { taskTools } from "./task-tools.ts"

const services = makeServices(Layer.mergeAll(NodeServices.layer, nodeFileHost, ledgerFromConfig))

const klingTools = Effect.runSync(selectedTools({ toolsets: "all", readOnly: false }))
const tools = [...klingTools, ...taskTools(klingTools)]

const { routes } = mcpRoutes(
  async (_, serve) => {
    await serve({ auth: undefined, services, principal: "local" })
    return undefined
  },
  () => {
    const mcpServer = buildServer(services, { tools, version: "0.0.0" })
    for (const add of [addContentTools, addPrompts, addResources]) add(mcpServer)
    addInputTools(mcpServer, services)
    return mcpServer
  },
  (line) => process.stderr.write(`${line}\n`)
)
const { server } = makeHttpApp({ guard: { hosts: new Set(), origins: new Set() }, routes })
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp\n`)
})
