import { invalidInput, type KlingError, nearestWord } from "@klingkit/core"
import { Effect } from "effect"
import { tools } from "./catalog.ts"
import type { Tool, Toolset } from "./tool.ts"

const toolsets: ReadonlyArray<Toolset> = ["core", "studio", "raw"]

export interface Selection {
  /** A comma list of toolsets, or `all`; `core` when empty. */
  readonly toolsets?: string | undefined
  /** Only tools that change nothing. */
  readonly readOnly?: boolean
}

/** The tools that were asked for, in the order of the catalog; fails when a toolset's name is wrong. */
export const selectTools = (selection: Selection = {}): Effect.Effect<ReadonlyArray<Tool>, KlingError> => {
  const words = (selection.toolsets ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "")
  const wrong = words.filter((word) => word !== "all" && !toolsets.some((name) => name === word))
  if (wrong.length > 0) {
    return Effect.fail(
      invalidInput(
        wrong.map((word) => {
          const near = nearestWord(word, [...toolsets, "all"])
          return {
            field: "toolsets",
            message: `has no "${word}": ${[...toolsets, "all"].join(", ")}${near === undefined ? "" : `; nearest: ${near}`}`
          }
        })
      )
    )
  }
  const asked = words.length === 0 ? ["core"] : words
  const selected = tools.filter(
    (tool) =>
      (asked.includes("all") || asked.includes(tool.toolset)) && (selection.readOnly !== true || tool.hints.readOnly)
  )
  return selected.length === 0
    ? Effect.fail(invalidInput([{ field: "toolsets", message: `${asked.join(", ")} leaves no tool; choose core` }]))
    : Effect.succeed(selected)
}
