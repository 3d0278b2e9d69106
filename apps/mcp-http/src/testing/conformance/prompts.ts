import { fromJsonSchema, inputRequired, inputResponse, type McpServer } from "@modelcontextprotocol/server"
import { image, resource, text } from "./samples.ts"

const user = (...content: ReadonlyArray<ReturnType<typeof text>>) => ({
  messages: content.map((block) => ({ role: "user" as const, content: block }))
})

const strings = <const Name extends string>(...names: ReadonlyArray<Name>) =>
  fromJsonSchema<Record<Name, string>>({
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, { type: "string", description: name }])),
    required: [...names]
  })

/** Prompts without and with arguments, with embedded content, and one that requests input first. */
export const addPrompts = (server: McpServer): void => {
  server.server.registerCapabilities({ prompts: { listChanged: false } })
  server.registerPrompt("test_simple_prompt", { description: "simple" }, () =>
    user(text("This is a simple prompt for testing."))
  )
  server.registerPrompt(
    "test_prompt_with_arguments",
    { description: "arguments", argsSchema: strings("arg1", "arg2") },
    ({ arg1, arg2 }) => user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))
  )
  server.registerPrompt(
    "test_prompt_with_embedded_resource",
    { description: "resource", argsSchema: strings("resourceUri") },
    ({ resourceUri }) =>
      user(
        resource(resourceUri, "text/plain", "Embedded resource content for testing."),
        text("Please process the embedded resource above.")
      )
  )
  server.registerPrompt("test_prompt_with_image", { description: "image" }, () =>
    user(image, text("Please analyze the image above."))
  )
  server.registerPrompt("test_input_required_result_prompt", { description: "asks first" }, ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, "user_context")
    if (answer.kind === "elicit") return user(text(`Prompt with context: ${JSON.stringify(answer.content)}`))
    return inputRequired({
      inputRequests: {
        user_context: inputRequired.elicit({
          message: "What context should the prompt use?",
          requestedSchema: { type: "object", properties: { context: { type: "string" } }, required: ["context"] }
        })
      }
    })
  })
}
