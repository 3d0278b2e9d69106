import type { JsonSchemaType } from "@modelcontextprotocol/client"
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/client/validators/ajv"
import { findTool, type Tool } from "@klingkit/tools"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { connectedClient, textOf, wires } from "./testing/connected-client.ts"
import { emulatedServices } from "./testing/emulated-services.ts"

const schemas = new AjvJsonSchemaValidator()

/** Why structured content does not match the schema that the tool was listed with; undefined when it does. */
const schemaError = (tool: string, structuredContent: unknown): string | undefined => {
  const schema = findTool(tool)?.outputSchema
  if (schema === undefined) return `no tool ${tool}`
  return schemas.getValidator(schema as unknown as JsonSchemaType)(structuredContent).errorMessage
}

const scenario = async (wire: (typeof wires)[number]) => {
  const emulated = emulatedServices()
  const client = await connectedClient(emulated.services, wire)
  const call = async (name: string, args: Record<string, unknown>) => {
    const result = await client.callTool({ name, arguments: args })
    return { ...result, text: textOf(result), structured: (result.structuredContent ?? {}) as Record<string, unknown> }
  }
  return { ...emulated, client, call }
}

describe.each(wires)("results on a %s", (wire) => {
  it("match the output schema in every state of a task, and the text says the same", async () => {
    const { call, pass, injectFault } = await scenario(wire)
    await injectFault({ fault: "fail", message: "no faces", nth: 2 })
    const states: Array<unknown> = []
    for (const [submit, args] of [
      ["generate_video", { prompt: "a cat" }],
      ["generate_image", { prompt: "a cat", num_images: 9 }]
    ] as const) {
      const submitted = await call(submit, args)
      expect(schemaError(submit, submitted.structured)).toBeUndefined()
      expect(submitted.text).toContain(`Task ID: ${submitted.structured["task_id"] as string}`)
      for (let turn = 0; turn < 4; turn++) {
        const { structured, text, content, isError } = await call("check_video_status", {
          task_id: submitted.structured["task_id"]
        })
        expect(isError).toBeFalsy()
        expect(schemaError("check_video_status", structured)).toBeUndefined()
        expect(text).toContain(`Status: ${structured["status"] as string}`)
        expect(text.length).toBeLessThan(25_000)
        const links = content.filter((block) => block.type === "resource_link").map(({ uri }) => uri)
        const urls = (structured["outputs"] as ReadonlyArray<{ readonly url: string }>).map(({ url }) => url)
        expect(links).toEqual(urls)
        for (const url of urls) expect(text).toContain(`- URL: ${url}`)
        states.push(structured["status"])
        await pass([0.2, 5, 60][turn] ?? 0)
      }
    }
    expect(new Set(states)).toEqual(new Set(["submitted", "processing", "succeed", "failed"]))
  })

  it("of an invalid call name the argument, and have no structured content", async () => {
    const { call, control } = await scenario(wire)
    const { text, isError, structuredContent } = await call("generate_video", { promt: "a cat" })
    expect(isError).toBe(true)
    expect(structuredContent).toBeUndefined()
    expect(text.split("\n")).toEqual([
      expect.stringMatching(
        /^Error: promt is not a setting of generate_video; did you mean prompt\?; prompt is required \(or shots\)$/
      ),
      "Charged: no",
      expect.stringMatching(/^Next: /),
      "Code: KLING_INVALID_INPUT"
    ])
    expect((await control("GET requests")).requests).toEqual([])
  })

  it("of a refused request quote Kling and give a code", async () => {
    const { call, injectFault } = await scenario(wire)
    await injectFault({ fault: "refuse", code: 1102, message: "quota\u001b[31m gone" })
    const { text, isError, structuredContent } = await call("generate_image", { prompt: "a cat" })
    expect({ isError, structuredContent }).toEqual({ isError: true, structuredContent: undefined })
    expect(text).toContain('Kling says: "quota gone"')
    expect(text).toMatch(/\nCharged: no\nNext: .*\nCode: KLING_QUOTA_EXCEEDED$/)
  })

  it("of a failing tool reveal no internals", async () => {
    const broken: Tool = {
      ...(findTool("generate_video") as Tool),
      call: () => Effect.die(new Error("secret detail"))
    }
    const client = await connectedClient(emulatedServices().services, wire, [broken])
    const result = await client.callTool({ name: "generate_video", arguments: { prompt: "x" } })
    expect(result.isError).toBe(true)
    expect(textOf(result)).toContain("Code: KLINGKIT_DEFECT")
    expect(JSON.stringify(result)).not.toContain("secret detail")
  })
})
