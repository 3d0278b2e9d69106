import { boardTasks, tools } from "@klingkit/tools"
import { describe, expect, it } from "vitest"
import { connectedClient, wires } from "../testing/connected-client.ts"
import { emulatedServices } from "../testing/emulated-services.ts"
import { boardUri } from "./board.ts"
import { boardPage } from "./page.generated.ts"

const bytes = (text: string): number => new TextEncoder().encode(text).length

describe.each(wires)("the board on a %s", (wire) => {
  it("is linked from the tools whose results contain tasks, under both keys", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    const { tools: listed } = await client.listTools()
    const withBoard = listed.filter(({ _meta }) => _meta?.["ui/resourceUri"] === boardUri)
    expect(withBoard.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["generate_video", "generate_image", "check_video_status", "wait_for_task", "list_tasks"])
    )
    for (const { _meta } of withBoard) expect(_meta?.["ui"]).toEqual({ resourceUri: boardUri })
    for (const name of ["download_task", "quote_cost", "list_models"]) {
      expect(withBoard.map((tool) => tool.name)).not.toContain(name)
    }
  })

  it("hides its own tool from the model", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    const { tools: listed } = await client.listTools()
    expect(tools).not.toContain(boardTasks)
    expect(listed.filter(({ name }) => name === "board_tasks")).toMatchObject([
      { annotations: { readOnlyHint: true }, _meta: { ui: { visibility: ["app"] } } }
    ])
  })

  it("leaves the list of tools within its 44 kB, and what a model may read of it within 12.5", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    const { tools: listed } = await client.listTools()
    const read = listed.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
    expect(bytes(JSON.stringify(listed))).toBeLessThanOrEqual(44_000)
    expect(bytes(JSON.stringify(read))).toBeLessThanOrEqual(12_500)
  })

  it("is one page that may reach media and nothing else", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    const { resources } = await client.listResources()
    expect(resources).toContainEqual(expect.objectContaining({ uri: boardUri, mimeType: "text/html;profile=mcp-app" }))
    const { contents } = await client.readResource({ uri: boardUri })
    expect(contents).toMatchObject([
      {
        uri: boardUri,
        mimeType: "text/html;profile=mcp-app",
        _meta: {
          ui: { csp: { resourceDomains: ["https://*.klingai.com", "https://*.kechuangai.com"], connectDomains: [] } }
        }
      }
    ])
  })

  it("knows which tools this server has", async () => {
    const selected = tools.filter(({ name }) => name === "check_image_status")
    const client = await connectedClient(emulatedServices().services, wire, selected)
    const [page] = (await client.readResource({ uri: boardUri })).contents
    expect(page !== undefined && "text" in page && page.text).toContain(
      'id="settings">{"tools":["check_image_status"]}<'
    )
  })
})

describe("the board's page", () => {
  it("is below 300 kB in total", () => {
    expect(bytes(boardPage)).toBeLessThan(300_000)
    expect(/<(script|link|img|iframe)[^>]+(src|href)=/.exec(boardPage)?.[0]).toBe(undefined)
  })
})
