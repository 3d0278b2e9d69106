import { sanitizeText } from "@klingkit/core/internal"
import { Effect } from "effect"
import * as z from "zod"
import { searchOperations, toolSearch } from "../finding/tool-search.ts"
import { howToOffer, OfferedTools } from "../offered-tools.ts"
import { defineTool, type Tool } from "../tool.ts"

/** Of each kind of answer. */
const mostShown = 4

/** Finds what does something, and says where nothing does. Which tools there are is given: it is one of them itself. */
export const toolFinderOf = (tools: ReadonlyArray<Tool>): Tool => {
  const search = toolSearch(tools)
  return defineTool({
    name: "find_tool",
    title: "Find tool",
    description: "Which tool does something, listed here or not, and what none does. Free.",
    toolset: "core",
    charged: false,
    hints: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
    input: z.strictObject({ query: z.string().min(1).describe("What is wanted, in a few words") }),
    output: z.object({
      tools: z.array(
        z.object({
          tool: z.string(),
          does: z.string(),
          arguments: z.string(),
          paid: z.boolean(),
          offered: z.boolean(),
          switch_on: z.string().optional()
        })
      ),
      not_possible: z.array(z.object({ what: z.string(), instead: z.string() })),
      operations: z.array(z.object({ operation: z.string(), summary: z.string(), billed: z.boolean() }))
    }),
    run: Effect.fnUntraced(function* ({ query }) {
      const offered = (yield* OfferedTools) ?? tools
      const { capabilities, limitations } = search(query)
      const found = capabilities.slice(0, mostShown).flatMap(({ tool: name, does, how }) => {
        const tool = tools.find((one) => one.name === name)
        if (tool === undefined) return []
        const isOffered = offered.some((one) => one.name === name)
        const switchOn: { readonly switch_on?: string } = isOffered ? {} : { switch_on: howToOffer(tool, offered) }
        return [{ tool: name, does, arguments: how, paid: tool.charged, offered: isOffered, ...switchOn }]
      })
      const not_possible = limitations.slice(0, mostShown).map(({ what, instead }) => ({ what, instead }))
      const operations = (not_possible.length > 0 ? [] : searchOperations(query))
        .slice(0, mostShown)
        .map(({ id, summary, billed }) => ({ operation: id, summary, billed }))
      const isNothing = found.length + not_possible.length + operations.length === 0
      return {
        structured: { tools: found, not_possible, operations },
        lines: [
          ...not_possible.map(({ what, instead }) => `No tool for this: ${what}. Instead: ${instead}.`),
          ...found.map(
            ({ tool, does, arguments: how, paid, switch_on }) =>
              `- ${tool}${paid ? " (paid)" : ""}: ${does}.${how === "" ? "" : ` Arguments: ${how}.`}` +
              (switch_on === undefined ? "" : ` Not offered by this server: ${switch_on}.`)
          ),
          ...(operations.length === 0
            ? []
            : [`Kling's operations, for call_kling_api${callsDirectly(offered) ? "" : " (toolset raw)"}:`]),
          ...operations.map(({ operation, summary, billed }) => `- ${operation}${billed ? " (paid)" : ""}: ${summary}`),
          ...(isNothing
            ? [
                `No tool for this: nothing fits "${sanitizeText(query, 80)}". Try other words, or tell the user that klingkit has no tool for it.`,
                `Tools: ${offered.map(({ name }) => name).join(", ")}`
              ]
            : [])
        ]
      }
    })
  })
}

const callsDirectly = (offered: ReadonlyArray<Pick<Tool, "name">>): boolean =>
  offered.some(({ name }) => name === "call_kling_api")
