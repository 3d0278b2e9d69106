import { imageModels, videoModels } from "@klingkit/core"
import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import { scenesWith } from "./inputs/effect-scene.ts"
import type { ToolFailure, ToolNeeds } from "./tool.ts"

/** What may be meant by what somebody has typed so far, best first. */
export type Completer = (typed: string) => Effect.Effect<ReadonlyArray<string>, ToolFailure, ToolNeeds>

/** Of a fixed list; what begins as typed comes first. */
export const oneOf =
  (values: ReadonlyArray<string>): Completer =>
  (typed) => {
    const word = typed.toLowerCase()
    const begins = values.filter((value) => value.toLowerCase().startsWith(word))
    const holds = values.filter((value) => !begins.includes(value) && value.toLowerCase().includes(word))
    return Effect.succeed([...begins, ...holds])
  }

const liveNames = (models: ReadonlyArray<{ readonly id: string; readonly state: string }>) =>
  models.filter(({ state }) => state === "live").map(({ id }) => id)

export const videoModelNames = oneOf(liveNames(videoModels))
export const imageModelNames = oneOf(liveNames(imageModels))

/** Scenes by any words of their names. */
export const effectScenes: Completer = (typed) => Effect.succeed(scenesWith(typed))

const mostRecent = 100

/** Of the latest jobs of the person who asks. */
export const recentHandles: Completer = (typed) =>
  Jobs.use((jobs) => jobs.history({ limit: mostRecent })).pipe(
    Effect.map(({ jobs }) => jobs.map(({ handle }) => handle).filter((handle) => handle.startsWith(typed)))
  )
