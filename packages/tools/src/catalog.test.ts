import { describe, expect, it } from "vitest"
import { tools } from "./catalog.ts"
import type { Tool } from "./tool.ts"

/** What a host shows a model of a tool; it costs context in every conversation. */
const shown = ({ name, description, inputSchema }: Tool) => ({ name, description, inputSchema })
const bytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length
const core = tools.filter((tool) => tool.toolset === "core")

const ofMcpKling = `generate_video generate_image_to_video check_video_status extend_video create_lipsync
  apply_video_effect generate_image check_image_status virtual_try_on get_resource_packages get_account_balance
  list_tasks`.split(/\s+/)

describe("the catalog of tools", () => {
  it.each(tools.map((tool) => [tool.name, tool] as const))("matches its snapshot: %s", async (name, tool) => {
    const { title, description, toolset, charged, hints, inputSchema, outputSchema } = tool
    const definition = { name, title, description, toolset, charged, hints, inputSchema, outputSchema }
    await expect(`${JSON.stringify(definition, undefined, 2)}\n`).toMatchFileSnapshot(`tool-snapshots/${name}.snap`)
  })

  it.each(tools.map((tool) => [tool.name, tool] as const))("is plain enough for every host: %s", (name, tool) => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(name.length).toBeLessThanOrEqual(40)
    expect(tool.inputSchema).toMatchObject({ type: "object", additionalProperties: false })
    expect(Object.keys(tool.inputSchema)).toEqual(
      expect.not.arrayContaining(["anyOf", "oneOf", "allOf", "$ref", "$defs", "$schema"])
    )
    expect(JSON.stringify(tool)).not.toContain("$ref")
    for (const schema of Object.values(tool.inputSchema.properties))
      expect(schema).not.toMatchObject({ type: "object" })
    expect(tool.charged && tool.hints.readOnly).toBe(false)
  })

  it("has unique names", () => {
    expect(new Set(tools.map((tool) => tool.name)).size).toBe(tools.length)
  })

  it("has what an ordinary user needs, the twelve of mcp-kling among it", () => {
    const names = core.map((tool) => tool.name)
    expect(names).toEqual(expect.arrayContaining(ofMcpKling))
    expect(names).toEqual(
      expect.arrayContaining([
        "wait_for_task",
        "download_task",
        "quote_cost",
        "list_models",
        "repeat_task",
        "spend",
        "find_tool"
      ])
    )
    const more = "create_avatar_video edit_image edit_video generate_audio manage_elements manage_voices control_motion"
    expect(names).toEqual(expect.arrayContaining(more.split(" ")))
  })

  it("fits the byte budgets", () => {
    expect(bytes(core.map(shown))).toBeLessThanOrEqual(18_000)
    expect(bytes(core)).toBeLessThanOrEqual(44_000)
  })
})
