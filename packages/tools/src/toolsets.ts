import type { KlingError } from "@klingkit/core"
import { closestMatch, invalidInput } from "@klingkit/core/internal"
import { Effect } from "effect"
import { tools } from "./catalog.ts"
import type { Tool, Toolset } from "./tool.ts"

/** Every paid tool reads the argument; where tokens approve nothing, listing it costs context for nothing. */
const withConfirmToken = (tool: Tool): Tool => {
  const { inputSchema } = tool
  const properties = { ...inputSchema.properties, confirm_token: { type: "string", description: "From quote_cost" } }
  return { ...tool, inputSchema: { ...inputSchema, properties } }
}

const toolsets: ReadonlyArray<Toolset> = ["core", "studio", "raw"]

/** What `studio` selects: what is beyond plain videos and images. Most of it is in `core` too. */
const studioTools: ReadonlyArray<string> = [
  "control_motion",
  "create_avatar_video",
  "edit_image",
  "edit_video",
  "generate_audio",
  "manage_elements",
  "manage_voices",
  "describe_image"
]

export interface Selection {
  /** Comma-separated toolsets, or `all`; `core` when empty. */
  readonly toolsets?: string | undefined
  /** Only tools that change nothing. */
  readonly readOnly?: boolean
  /** Tokens of quotes approve here, so paid tools list `confirm_token`. */
  readonly confirmTokens?: boolean
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
  const selected = tools
    .filter(({ name, toolset }) =>
      names.some((set) => set === "all" || set === toolset || (set === "studio" && studioTools.includes(name)))
    )
    .filter(({ hints }) => selection.readOnly !== true || hints.readOnly)
    .map((tool) => (selection.confirmTokens === true && tool.charged ? withConfirmToken(tool) : tool))
  return selected.length === 0
    ? Effect.fail(invalidInput([{ field: "toolsets", message: `${names.join(", ")} selects no tools; choose core` }]))
    : Effect.succeed(selected)
}
