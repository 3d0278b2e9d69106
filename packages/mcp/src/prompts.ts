import { type Prompt, prompts, type Tool } from "@klingkit/tools"
import type { McpServer, StandardSchemaWithJSON } from "@modelcontextprotocol/server"

type Given = Readonly<Record<string, string>>

/** The prompts for which a server has all the tools. */
export const promptsFor = (tools: ReadonlyArray<Tool>): ReadonlyArray<Prompt> =>
  prompts.filter(({ needs }) => needs.every((name) => tools.some((tool) => tool.name === name)))

export const registerPrompts = (server: McpServer, tools: ReadonlyArray<Tool>): void => {
  for (const prompt of promptsFor(tools)) {
    const { name, title, description } = prompt
    server.registerPrompt(name, { title, description, argsSchema: argumentsOf(prompt) }, (given) => ({
      description,
      messages: [
        {
          role: "user",
          content: { type: "text", text: prompt.text(given, (tool) => tools.some((one) => one.name === tool)) }
        }
      ]
    }))
  }
}

/** Arguments of prompts are words. An empty one counts as not given: hosts send one for each field left blank. */
const argumentsOf = (prompt: Prompt): StandardSchemaWithJSON<Given, Given> => {
  const json = {
    type: "object" as const,
    properties: Object.fromEntries(
      prompt.arguments.map(({ name, description }) => [name, { type: "string" as const, description }])
    ),
    required: prompt.arguments.filter(({ required }) => required === true).map(({ name }) => name)
  }
  return {
    "~standard": {
      version: 1,
      vendor: "klingkit",
      jsonSchema: { input: () => ({ ...json }), output: () => ({ ...json }) },
      validate: (value) => {
        const entries = Object.entries(value ?? {}).filter(([, one]) => typeof one === "string" && one.trim() !== "")
        const given = Object.fromEntries(entries) as Given
        const missing = json.required.filter((name) => given[name] === undefined)
        const unknown = Object.keys(given).filter((name) => !Object.hasOwn(json.properties, name))
        const known = Object.keys(json.properties).join(", ")
        const issues = [
          ...missing.map((name) => ({ message: `${name} is required` })),
          ...unknown.map((name) => ({ message: `${name.slice(0, 80)} is no argument of it; they are ${known}` }))
        ]
        return issues.length === 0 ? { value: given } : { issues }
      }
    }
  }
}
