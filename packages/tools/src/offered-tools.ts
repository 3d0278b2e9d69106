import { Context } from "effect"
import type { Tool } from "./tool.ts"

type Known = Pick<Tool, "name" | "toolset" | "hints">

/** The tools that this server lists; absent where every tool can be called. */
export const OfferedTools = Context.Reference<ReadonlyArray<Known> | undefined>("@klingkit/tools/OfferedTools", {
  defaultValue: () => undefined
})

/** A toolset is selected where this tool of it is offered. */
const marks = { core: "list_tasks", studio: "describe_image", raw: "call_kling_api" } as const

/** How a tool that is not offered is switched on, for the user to tell its operator. */
export const howToOffer = (tool: Known, offered: ReadonlyArray<Known>): string => {
  if (!tool.hints.readOnly && offered.every(({ hints }) => hints.readOnly)) {
    return "its operator starts it without --read-only"
  }
  const selected = Object.entries(marks).flatMap(([toolset, mark]) =>
    offered.some(({ name }) => name === mark) ? [toolset] : []
  )
  return `its operator sets KLINGKIT_TOOLSETS=${[...selected, tool.toolset].join(",")} (or all) in its environment and restarts it`
}
