import { type Prompt, prompts, type Tool } from "@klingkit/tools"
import {
  completable,
  type McpServer,
  type StandardSchemaV1,
  type StandardSchemaWithJSON
} from "@modelcontextprotocol/server"
import type { Services } from "./build-server.ts"
import { typing } from "./completions.ts"

type Given = Readonly<Record<string, string>>

/** Offers the prompts for which a server has all the tools. */
export const registerPrompts = (server: McpServer, services: Services, tools: ReadonlyArray<Tool>): void => {
  const has = (name: string) => tools.some((tool) => tool.name === name)
  for (const prompt of prompts.filter(({ needs }) => needs.every(has))) {
    const { name, title, description } = prompt
    server.registerPrompt(name, { title, description, argsSchema: argumentsOf(prompt, services) }, (given) => ({
      description,
      messages: [
        {
          role: "user",
          content: { type: "text", text: prompt.text(given, has) }
        }
      ]
    }))
  }
}

/** Arguments of prompts are words. An empty one counts as not given: hosts send one for each field left blank. */
const argumentsOf = (
  prompt: Prompt,
  services: Services
): StandardSchemaWithJSON<Given, Given> & { readonly shape: Readonly<Record<string, StandardSchemaV1>> } => {
  const json = {
    type: "object" as const,
    properties: Object.fromEntries(
      prompt.arguments.map(({ name, description }) => [name, { type: "string" as const, description }])
    ),
    required: prompt.arguments.filter(({ required }) => required === true).map(({ name }) => name)
  }
  return {
    // Where the SDK looks for what completes an argument.
    shape: Object.fromEntries(
      prompt.arguments.flatMap(({ name, complete }) =>
        complete === undefined ? [] : [[name, completable(anyWord(), typing(services, complete))]]
      )
    ),
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

const anyWord = (): StandardSchemaV1<string> => ({
  "~standard": { version: 1, vendor: "klingkit", validate: (value) => ({ value: String(value) }) }
})
