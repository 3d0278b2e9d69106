import { describe, expect, it } from "vitest"
import { catalog, operations } from "../operations/catalog.ts"
import { inputJsonSchema } from "./json-schema.ts"

interface Node {
  readonly type?: string
  readonly enum?: ReadonlyArray<unknown>
  readonly required?: ReadonlyArray<string>
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly anyOf?: ReadonlyArray<Node>
  readonly additionalProperties?: boolean
}

/** Every node of a schema, root first. */
function* nodesOf(node: Node): Generator<Node> {
  yield node
  for (const part of [
    ...Object.values(node.properties ?? {}),
    ...(node.items ? [node.items] : []),
    ...(node.anyOf ?? [])
  ]) {
    yield* nodesOf(part)
  }
}

describe.each(catalog.map((operation) => [operation.id, operation] as const))(
  "the JSON Schema of %s",
  (_id, operation) => {
    const schema = inputJsonSchema(operation.params) as Node

    it("lists every parameter, and rejects others at every level", () => {
      expect(Object.keys(schema.properties ?? {})).toEqual(Object.keys(operation.params))
      for (const part of nodesOf(schema)) {
        expect(part.type ?? part.anyOf).toBeDefined()
        expect(part.additionalProperties).toBe(part.type === "object" ? false : undefined)
        for (const name of part.required ?? []) expect(part.properties).toHaveProperty(name)
      }
    })

    it("is plain JSON", () => {
      expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
    })
  }
)

describe("the JSON Schema of a known operation", () => {
  it("includes limits, defaults and wire paths", () => {
    expect(inputJsonSchema(operations["new.t2v.kling-3.0"].params)).toMatchObject({
      type: "object",
      required: ["prompt"],
      properties: {
        prompt: { type: "string", maxLength: 3072 },
        resolution: { enum: ["720p", "1080p", "4k"], default: "720p" },
        durationSeconds: {
          type: "integer",
          minimum: 3,
          maximum: 15,
          default: 5,
          description: "Kling: settings.duration"
        },
        multiShot: { type: "boolean" }
      }
    })
  })

  it("takes long ids as strings, lists known models, and marks retired parameters", () => {
    expect(inputJsonSchema(operations["legacy.image2video"].params)).toMatchObject({
      properties: {
        elements: { type: "array", items: { type: "string", pattern: "^\\d{1,20}$" } },
        model: { type: "string", examples: ["kling-v3", "kling-v2-6", "kling-v2-5-turbo"] },
        cfgScale: { deprecated: true }
      }
    })
  })
})
