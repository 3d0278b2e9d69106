import { Effect } from "effect"
import { type Completer, recentHandles } from "./completions.ts"
import type { Tool, ToolFailure, ToolNeeds } from "./tool.ts"
import { boardTasks } from "./tools/board-tasks.ts"
import { listModels } from "./tools/list-models.ts"

/** A readable resource, as JSON. */
export interface Resource {
  readonly name: string
  readonly title: string
  readonly description: string
  /** May contain variables: `kling://tasks/{handle}`. */
  readonly uri: string
  /** How long a copy stays fresh, and whether it is the same for every user. */
  readonly cache: { readonly ttlMs: number; readonly cacheScope: "public" | "private" }
  readonly read: (variables: Readonly<Record<string, string>>) => Effect.Effect<unknown, ToolFailure, ToolNeeds>
  /** Completers for its variables. */
  readonly complete?: Readonly<Record<string, Completer>>
}

const hour = { ttlMs: 3_600_000, cacheScope: "public" } as const

/** A tool's structured result. */
const dataOf = (tool: Tool, args: object) =>
  Effect.map(tool.call(args), ({ structured }) => structured as Readonly<Record<string, unknown>>)

export const resources: ReadonlyArray<Resource> = [
  {
    name: "models",
    title: "Kling's models",
    description: "Every video and image model: lengths, resolutions, aspect ratios, audio, limits",
    uri: "kling://models",
    cache: hour,
    read: () => dataOf(listModels, {})
  },
  {
    name: "effects",
    title: "Kling's effect scenes",
    description: "Every scene of apply_video_effect, and how many images it takes",
    uri: "kling://effects",
    cache: hour,
    read: () => Effect.map(dataOf(listModels, { kind: "effect" }), ({ effects }) => ({ effects }))
  },
  {
    name: "task",
    title: "A task",
    description: "State, results, prompt, quote and charges of one task, by its Task ID or Kling's task id",
    uri: "kling://tasks/{handle}",
    cache: { ttlMs: 2000, cacheScope: "private" },
    read: ({ handle = "" }) =>
      Effect.map(dataOf(boardTasks, { task_id: handle }), ({ tasks }) => (tasks as ReadonlyArray<unknown>)[0]),
    complete: { handle: recentHandles }
  }
]
