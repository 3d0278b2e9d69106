import { closestMatch, sanitizeText } from "@klingkit/core/internal"
import { tools } from "./catalog.ts"
import { nearestTool } from "./finding/tool-search.ts"
import { howToOffer } from "./offered-tools.ts"
import { type FormattedError, formattedError } from "./results/format-error.ts"
import type { Tool } from "./tool.ts"

/** A call of a tool that exists and is not offered here: how it is switched on, and which tool comes nearest. */
export const unofferedTool = (name: string, offered: ReadonlyArray<Tool>): FormattedError | undefined => {
  const tool = tools.find((one) => one.name === name)
  if (tool === undefined || offered.some((one) => one.name === name)) return undefined
  const near = nearest(`${tool.title}. ${tool.description}`, offered)
  const instead = near === undefined ? "" : `; here, ${near} comes nearest`
  return formattedError({
    code: "KLINGKIT_TOOL_NOT_OFFERED",
    error: `${name} is a tool that this server does not offer`,
    wasCharged: "no",
    charged: "no",
    next: `tell the user how to switch it on: ${howToOffer(tool, offered)}${instead}`
  })
}

/** A call of a tool that does not exist. */
export const unknownTool = (name: string, offered: ReadonlyArray<Tool>): string => {
  const names = offered.map((one) => one.name)
  const near = closestMatch(name, names) ?? nearest(name.slice(0, 100).replaceAll("_", " "), offered)
  const hint = near === undefined ? "" : `; nearest: ${near}`
  const finder = names.includes("find_tool") ? "; find_tool says which tool does what" : ""
  return `Tool ${sanitizeText(name, 80)} not found${hint}${finder}`
}

const nearest = (words: string, offered: ReadonlyArray<Tool>): string | undefined =>
  nearestTool(
    offered.filter(({ name }) => name !== "find_tool"),
    words
  ) ?? offered.find(({ name }) => name === "call_kling_api")?.name
