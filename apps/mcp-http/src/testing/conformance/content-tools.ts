import { type CallToolResult, fromJsonSchema, type McpServer, type ServerContext } from "@modelcontextprotocol/server"
import { image, resource, text, wav } from "./samples.ts"

const nothing = fromJsonSchema({ type: "object", properties: {} })

/** As in the suite, keyword by keyword: it checks that tools/list keeps them. */
const everyKeyword = fromJsonSchema({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } }
    }
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" }
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false
})

const contents: Readonly<Record<string, CallToolResult["content"]>> = {
  test_simple_text: [text("This is a simple text response for testing.")],
  test_image_content: [image],
  test_audio_content: [{ type: "audio", data: wav, mimeType: "audio/wav" }],
  test_embedded_resource: [resource("test://embedded-resource", "text/plain", "This is an embedded resource content.")],
  test_multiple_content_types: [
    text("Multiple content types test:"),
    image,
    resource("test://mixed-content-resource", "application/json", '{"test":"data","value":123}')
  ]
}

/** Tools that return every kind of content, report progress, log, fail and mirror a header. */
export const addContentTools = (server: McpServer): void => {
  server.server.registerCapabilities({ logging: {} })
  const add = (name: string, run: (ctx: ServerContext) => CallToolResult | Promise<CallToolResult>): void => {
    server.registerTool(name, { description: name, inputSchema: nothing }, (_args, ctx) => run(ctx))
  }
  for (const [name, content] of Object.entries(contents)) add(name, () => ({ content }))

  add("test_error_handling", () => {
    throw new Error("This tool intentionally returns an error for testing")
  })
  add("test_tool_with_progress", async ({ mcpReq }) => {
    const { progressToken } = mcpReq._meta ?? {}
    if (progressToken !== undefined) {
      for (const progress of [0, 50, 100]) {
        await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total: 100 } })
      }
    }
    return { content: [text(String(progressToken))] }
  })
  for (const name of ["test_tool_with_logging", "test_logging_tool"]) {
    add(name, async ({ mcpReq }) => {
      for (const step of ["started", "running", "completed"]) await mcpReq.log("info", `Tool execution ${step}`)
      return { content: [text("Tool with logging executed successfully")] }
    })
  }
  server.registerTool("json_schema_2020_12_tool", { description: "all keywords", inputSchema: everyKeyword }, () => ({
    content: [text("called")]
  }))
  const mirrored = { "x-mcp-header": "Region" }
  const region = fromJsonSchema({
    type: "object",
    properties: { region: { type: "string", ...mirrored } },
    required: ["region"]
  })
  server.registerTool("test_header", { description: "an argument as a header", inputSchema: region }, () => ({
    content: [text("called")]
  }))
}
