import { boardTasks, findTool, selectTools, tools } from "@klingkit/tools"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { connectedClient, textOf, wires } from "./testing/connected-client.ts"
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

  it("answers a call of an unknown tool with a protocol error, which names the nearest", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    for (const [name, nearest] of [
      ["generate_vidoe", "generate_video"],
      ["talking_photo", "create_avatar_video"],
      ["x".repeat(900), ""]
    ] as const) {
      const error: unknown = await client.callTool({ name, arguments: {} }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: -32_602, message: expect.stringContaining(nearest) })
      expect((error as Error).message).toContain("find_tool says which tool does what")
      expect((error as Error).message.length).toBeLessThan(300)
    }
  })

  it("offers only what was selected", async () => {
    const selected = await Effect.runPromise(selectTools({ readOnly: true }))
    const client = await connectedClient(emulatedServices().services, wire, selected)
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(
      [...selected, boardTasks].map(({ name }) => name)
    )
    const refused = await client.callTool({ name: "generate_video", arguments: { prompt: "x" } })
    expect(refused.isError).toBe(true)
    expect(textOf(refused)).toContain("Error: generate_video is a tool that this server does not offer\nCharged: no")
    expect(textOf(refused)).toContain("starts it without --read-only")
  })

  it.each([
    [undefined, "describe_image", "KLINGKIT_TOOLSETS=core,studio (or all)", "edit_image comes nearest"],
    [undefined, "call_kling_api", "KLINGKIT_TOOLSETS=core,raw (or all)", ""],
    ["studio", "generate_video", "KLINGKIT_TOOLSETS=studio,core (or all)", "comes nearest"],
    ["raw", "edit_image", "KLINGKIT_TOOLSETS=raw,core (or all)", "call_kling_api comes nearest"]
  ] as const)("with %s says how %s is switched on, and what comes nearest", async (toolsets, name, setting, near) => {
    const { services, control } = emulatedServices()
    const selected = await Effect.runPromise(selectTools({ toolsets }))
    const client = await connectedClient(services, wire, selected)
    const args = { prompt: "x", image_url: "https://example.com/a.png" }
    const refused = await client.callTool({ name, arguments: args })
    expect(refused.isError).toBe(true)
    expect(textOf(refused)).toContain(setting)
    expect(textOf(refused)).toContain(near)
    expect((await control("GET requests")).requests).toEqual([])
    if (toolsets !== undefined) return
    const found = await client.callTool({ name: "find_tool", arguments: { query: name.replaceAll("_", " ") } })
    expect(textOf(found)).toContain(setting)
  })
})
