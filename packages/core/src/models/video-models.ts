import { knownModels } from "./known-models.ts"
import type { VideoModel } from "./video-model.ts"

export const videoModels: ReadonlyArray<VideoModel> = knownModels.videoModels

/** Finds a video model by either of its names: `kling-3.0` or `kling-v3`; dots and hyphens in versions are equivalent. */
export const findVideoModel = (name: string): VideoModel | undefined => knownModels.findVideoModel(name)
