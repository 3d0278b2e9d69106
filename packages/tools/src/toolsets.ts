import type { KlingError } from "@klingkit/core"
import { closestMatch, invalidInput } from "@klingkit/core/internal"
import { Effect } from "effect"
import { tools } from "./catalog.ts"
import type { Tool, Toolset } from "./tool.ts"

const toolsets: ReadonlyArray<Toolset> = ["core", "studio", "raw"]

export interface Selection {
  /** Comma-separated toolsets, or `all`; `core` when empty. */
  readonly toolsets?: string | undefined
  /** Only tools that change nothing. */
  readonly readOnly?: boolean
}

/** The selected tools in catalog order; fails if a toolset name is unknown. */
export const selectTools = (selection: Selection = {}): Effect.Effect<ReadonlyArray<Tool>, KlingError> => {
  const requested = (selection.toolsets ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
  const unknown = requested.filter((name) => name !== "all" && !toolsets.some((toolset) => toolset === name))
  if (unknown.length > 0) {
    return Effect.fail(
      invalidInput(
        unknown.map((name) => {
          const near = closestMatch(name, [...toolsets, "all"])
          return {
            field: "toolsets",
            message: `has no "${name}": ${[...toolsets, "all"].join(", ")}${near === undefined ? "" : `; nearest: ${near}`}`
          }
        })
      )
    )
  }
  const names = requested.length === 0 ? ["core"] : requested
  const selected = tools.filter(
    (tool) =>
      (names.includes("all") || names.includes(tool.toolset)) && (selection.readOnly !== true || tool.hints.readOnly)
  )
  return selected.length === 0
    ? Effect.fail(invalidInput([{ field: "toolsets", message: `${names.join(", ")} selects no tools; choose core` }]))
    : Effect.succeed(selected)
}
