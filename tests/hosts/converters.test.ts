import { afterAll, beforeAll, expect, it } from "vitest"
import { connect } from "../mcp/hosts.ts"
import { freshKling } from "../mcp/emulated-kling.ts"
import { converters, type ListedTool, type Schema } from "./converted-tools.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let listed: ReadonlyArray<ListedTool>

beforeAll(async () => {
  kling = await freshKling()
  const host = await connect("stdio", "v2 2026-07-28", { ...kling.env, KLINGKIT_TOOLSETS: "all" })
  listed = (await host.listTools()) as unknown as ReadonlyArray<ListedTool>
  await host.close()
})
afterAll(() => kling.close())

/** What a model must learn of an argument: its type, its values and its words. Strict schemas add null to what is optional. */
const learned = (schema: Schema | undefined): unknown => {
  const [other] = (schema?.anyOf ?? []).filter(({ type }) => type !== "null")
  const { type, items, description = schema?.description, enum: values } = { ...schema, ...other }
  const types = [type].flat().filter((one) => one !== "null")
  return {
    type: String(types[0]).toLowerCase(),
    enum: values?.filter((value) => value !== null),
    description,
    items: items === undefined ? undefined : learned(items)
  }
}

it("lists every tool, each argument with one plain type", () => {
  expect(listed.length).toBeGreaterThan(20)
  for (const { inputSchema } of listed) {
    for (const property of Object.values(inputSchema.properties ?? {})) {
      expect(property.type).toBeTypeOf("string")
      expect(property).not.toHaveProperty("anyOf")
    }
  }
})

it.each(Object.entries(converters))("%s loses no argument, type, value or word", async (_, convert) => {
  const converted = await convert(listed)
  for (const { name, inputSchema } of listed) {
    const given = Object.entries(inputSchema.properties ?? {})
    const kept = given.map(([argument]) => [argument, learned(converted[name]?.properties?.[argument])])
    expect({ name, kept }).toEqual({ name, kept: given.map(([argument, schema]) => [argument, learned(schema)]) })
  }
})

it("would notice a loss: Gemini is not told the types of an argument that has two", async () => {
  const duration = { description: "Seconds", anyOf: [{ type: "integer" }, { type: "string" }] }
  const tool = { name: "made_up", inputSchema: { type: "object", properties: { duration } } }
  const [, convert] = Object.entries(converters).find(([host]) => host.startsWith("LangChain")) ?? []
  const converted = await convert?.([tool])
  expect(learned(converted?.["made_up"]?.properties?.["duration"])).not.toEqual(learned(duration))
})
