import { Effect } from "effect"
import { type Completer, recentHandles } from "./completions.ts"
import type { Tool, ToolFailure, ToolNeeds } from "./tool.ts"
import { boardTasks } from "./tools/board-tasks.ts"
import { listModels } from "./tools/list-models.ts"

/** Something to read, as JSON. */
export interface Resource {
  readonly name: string
  readonly title: string
  readonly description: string
  /** May hold variables: `kling://tasks/{handle}`. */
  readonly uri: string
  /** How long a copy is good for, and whether it is the same for everybody. */
  readonly cache: { readonly ttlMs: number; readonly cacheScope: "public" | "private" }
  readonly read: (variables: Readonly<Record<string, string>>) => Effect.Effect<unknown, ToolFailure, ToolNeeds>
  /** For its variables. */
  readonly complete?: Readonly<Record<string, Completer>>
}

const hour = { ttlMs: 3_600_000, cacheScope: "public" } as const

/** What a tool says as data. */
const factsOf = (tool: Tool, args: object) =>
  Effect.map(tool.call(args), ({ facts }) => facts as Readonly<Record<string, unknown>>)

export const resources: ReadonlyArray<Resource> = [
  {
    name: "models",
    title: "Kling's models",
    description: "Every video and image model: lengths, resolutions, aspect ratios, sound, limits",
    uri: "kling://models",
    cache: hour,
    read: () => factsOf(listModels, {})
  },
  {
    name: "effects",
    title: "Kling's effect scenes",
    description: "Every scene of apply_video_effect, and how many pictures it takes",
    uri: "kling://effects",
    cache: hour,
    read: () => Effect.map(factsOf(listModels, { kind: "effect" }), ({ effects }) => ({ effects }))
  },
  {
    name: "task",
    title: "A task",
    description: "State, results, prompt, quote and charges of one task, by its Task ID or Kling's own id",
    uri: "kling://tasks/{handle}",
    cache: { ttlMs: 2000, cacheScope: "private" },
    read: ({ handle = "" }) =>
      Effect.map(factsOf(boardTasks, { task_id: handle }), ({ tasks }) => (tasks as ReadonlyArray<unknown>)[0]),
    complete: { handle: recentHandles }
  }
]
