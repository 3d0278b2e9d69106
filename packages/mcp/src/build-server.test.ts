import { boardTasks, findTool, selectTools, tools } from "@klingkit/tools"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { connectedClient, wires } from "./testing/connected-client.ts"
import { emulatedServices } from "./testing/emulated-services.ts"

describe.each(wires)("a server on a %s", (wire) => {
  it("lists the tools as they are declared, each time the same", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    const { tools: listed } = await client.listTools()
    const core = [...tools.filter((tool) => tool.toolset === "core"), boardTasks]
    expect(listed.map(({ name, title, description }) => ({ name, title, description }))).toEqual(
      core.map(({ name, title, description }) => ({ name, title, description }))
    )
    for (const { name, inputSchema, outputSchema, annotations } of listed) {
      const tool = findTool(name) ?? boardTasks
      expect({ inputSchema, outputSchema }).toEqual({
        inputSchema: tool?.inputSchema,
        outputSchema: tool?.outputSchema
      })
      expect(annotations).toEqual({
        readOnlyHint: tool?.hints.readOnly,
        destructiveHint: tool?.hints.destructive,
        idempotentHint: tool?.hints.idempotent,
        openWorldHint: tool?.hints.openWorld
      })
    }
    const again = await connectedClient(emulatedServices().services, wire)
    expect(JSON.stringify((await again.listTools()).tools)).toBe(JSON.stringify(listed))
  })

  it("lists the same resources and prompts to every user, whatever was made before", async () => {
    const lists = async (client: Awaited<ReturnType<typeof connectedClient>>) =>
      JSON.stringify([
        (await client.listResources()).resources,
        (await client.listResourceTemplates()).resourceTemplates,
        (await client.listPrompts()).prompts
      ])
    const { services } = emulatedServices()
    const client = await connectedClient(services, wire)
    const before = await lists(client)
    await client.callTool({ name: "generate_image", arguments: { prompt: "a cat" } })
    expect(await lists(client)).toBe(before)
    expect(await lists(await connectedClient(emulatedServices().services, wire))).toBe(before)
  })

  it("explains the workflow in under 1 kB", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    const instructions = client.getInstructions() ?? ""
    expect(new TextEncoder().encode(instructions).length).toBeLessThan(1000)
    for (const tool of ["generate_video", "wait_for_task", "download_task"]) expect(instructions).toContain(tool)
  })

  it("answers a call of an unknown tool with a protocol error", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    await expect(client.callTool({ name: "generate_film", arguments: {} })).rejects.toMatchObject({ code: -32_602 })
  })

  it("offers only what was selected", async () => {
    const selected = await Effect.runPromise(selectTools({ readOnly: true }))
    const client = await connectedClient(emulatedServices().services, wire, selected)
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(
      [...selected, boardTasks].map(({ name }) => name)
    )
    await expect(client.callTool({ name: "generate_video", arguments: { prompt: "x" } })).rejects.toMatchObject({
      code: -32_602
    })
  })
})
