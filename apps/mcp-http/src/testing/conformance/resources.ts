import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/server"
import { png } from "./samples.ts"

const cacheHint = { ttlMs: 300_000, cacheScope: "public" } as const

/** Text, binary and template resources, and one that 2025 clients may subscribe to. */
export const addResources = (server: McpServer): void => {
  const addText = (name: string, uri: string, content: string): void => {
    const read = () => ({ contents: [{ uri, mimeType: "text/plain", text: content }] })
    server.registerResource(name, uri, { description: name, mimeType: "text/plain", cacheHint }, read)
  }
  addText("static-text", "test://static-text", "This is the content of the static text resource.")
  addText("watched-resource", "test://watched-resource", "Watched resource content")

  const uri = "test://static-binary"
  server.registerResource("static-binary", uri, { mimeType: "image/png", cacheHint }, () => ({
    contents: [{ uri, mimeType: "image/png", blob: png }]
  }))

  const template = new ResourceTemplate("test://template/{id}/data", {
    list: undefined,
    complete: { id: () => ["1", "2"] }
  })
  server.registerResource("template", template, { mimeType: "application/json", cacheHint }, ({ href }, { id }) => ({
    contents: [
      {
        uri: href,
        mimeType: "application/json",
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` })
      }
    ]
  }))

  server.server.registerCapabilities({ resources: { subscribe: true } })
  for (const method of ["resources/subscribe", "resources/unsubscribe"] as const) {
    server.server.setRequestHandler(method, () => ({}))
  }
}
