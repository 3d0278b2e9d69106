import { type Prompt, prompts, type Tool } from "@klingkit/tools"
import {
  completable,
  type McpServer,
  type StandardSchemaV1,
  type StandardSchemaWithJSON
} from "@modelcontextprotocol/server"
import type { Services } from "./build-server.ts"
import { completionOf } from "./completions.ts"

type PromptArguments = Readonly<Record<string, string>>

/** Registers the prompts for which a server has all the tools. */
export const registerPrompts = (server: McpServer, services: Services, tools: ReadonlyArray<Tool>): void => {
  const has = (name: string) => tools.some((tool) => tool.name === name)
  for (const prompt of prompts.filter(({ needs }) => needs.every(has))) {
    const { name, title, description } = prompt
    server.registerPrompt(name, { title, description, argsSchema: argumentsOf(prompt, services) }, (args) => ({
      description,
      messages: [
        {
          role: "user",
          content: { type: "text", text: prompt.text(args) }
        }
      ]
    }))
  }
}

/** Prompt arguments are strings. A blank one counts as absent: hosts send one for each field left empty. */
const argumentsOf = (
  prompt: Prompt,
  services: Services
): StandardSchemaWithJSON<PromptArguments, PromptArguments> & {
  readonly shape: Readonly<Record<string, StandardSchemaV1>>
} => {
  const json = {
    type: "object" as const,
    properties: Object.fromEntries(
      prompt.arguments.map(({ name, description }) => [name, { type: "string" as const, description }])
    ),
    required: prompt.arguments.filter(({ required }) => required === true).map(({ name }) => name)
  }
  return {
    // Where the SDK finds the completer of an argument.
    shape: Object.fromEntries(
      prompt.arguments.flatMap(({ name, complete }) =>
        complete === undefined ? [] : [[name, completable(anyString(), completionOf(services, complete))]]
      )
    ),
    "~standard": {
      version: 1,
      vendor: "klingkit",
      jsonSchema: { input: () => ({ ...json }), output: () => ({ ...json }) },
      validate: (value) => {
        const entries = Object.entries(value ?? {}).filter(([, text]) => typeof text === "string" && text.trim() !== "")
        const given = Object.fromEntries(entries) as PromptArguments
        const missing = json.required.filter((name) => given[name] === undefined)
        const unknown = Object.keys(given).filter((name) => !Object.hasOwn(json.properties, name))
        const known = Object.keys(json.properties).join(", ")
        const issues = [
          ...missing.map((name) => ({ message: `${name} is required` })),
          ...unknown.map((name) => ({
            message: `${name.slice(0, 80)} is not an argument of this prompt; expected ${known}`
          }))
        ]
        return issues.length === 0 ? { value: given } : { issues }
      }
    }
  }
}

const anyString = (): StandardSchemaV1<string> => ({
  "~standard": { version: 1, vendor: "klingkit", validate: (value) => ({ value: String(value) }) }
})
