import { imageModels, videoModels } from "@klingkit/core"
import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import { scenesWith } from "@klingkit/core/requests"
import type { ToolFailure, ToolNeeds } from "./tool.ts"

/** Completions of what has been typed so far, best match first. */
export type Completer = (typed: string) => Effect.Effect<ReadonlyArray<string>, ToolFailure, ToolNeeds>

/** Completes from a fixed list; prefix matches come first. */
export const oneOf =
  (values: ReadonlyArray<string>): Completer =>
  (typed) => {
    const word = typed.toLowerCase()
    const prefixed = values.filter((value) => value.toLowerCase().startsWith(word))
    const containing = values.filter((value) => !prefixed.includes(value) && value.toLowerCase().includes(word))
    return Effect.succeed([...prefixed, ...containing])
  }

const liveNames = (models: ReadonlyArray<{ readonly id: string; readonly state: string }>) =>
  models.filter(({ state }) => state === "live").map(({ id }) => id)

export const videoModelNames = oneOf(liveNames(videoModels))
export const imageModelNames = oneOf(liveNames(imageModels))

/** Effect scenes by any words in their names. */
export const effectScenes: Completer = (typed) => Effect.succeed(scenesWith(typed))

const mostRecent = 100

/** Handles of the caller's latest jobs. */
export const recentHandles: Completer = (typed) =>
  Jobs.use((jobs) => jobs.history({ limit: mostRecent })).pipe(
    Effect.map(({ jobs }) => jobs.map(({ handle }) => handle).filter((handle) => handle.startsWith(typed)))
  )
