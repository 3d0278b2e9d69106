import type { AnyOperation } from "../operation.ts"
import { type ImageModel, imageModelsOf } from "./image-model.ts"
import { findByName } from "./model-facts.ts"
import { type VideoFamily, type VideoModel, videoModelsOf } from "./video-model.ts"

/** Every model that a catalog declares, and the operation for each kind of request. */
export interface ModelTable {
  readonly videoModels: ReadonlyArray<VideoModel>
  readonly imageModels: ReadonlyArray<ImageModel>
  /** By either name, `kling-3.0` or `kling-v3`; dots and hyphens in versions are equivalent. */
  findVideoModel(name: string): VideoModel | undefined
  /** Dots and hyphens in versions are equivalent. */
  findImageModel(name: string): ImageModel | undefined
  /** The operation of the new generation; nothing when the model does not make such videos. */
  videoOperation(model: VideoModel, family: VideoFamily): AnyOperation | undefined
  /** The operation that makes images of a prompt. */
  imageOperation(model: ImageModel): AnyOperation | undefined
}

/** Derives the table of a catalog: a declared operation is found by the planner without any other edit. */
export const modelTableOf = (catalog: ReadonlyArray<AnyOperation>): ModelTable => {
  const videoModels = videoModelsOf(catalog)
  const imageModels = imageModelsOf(catalog)
  return {
    videoModels,
    imageModels,
    findVideoModel: (name) => findByName(videoModels, name),
    findImageModel: (name) => findByName(imageModels, name),
    videoOperation: (model, family) =>
      catalog.find(
        (one) =>
          one.generation === "new" && one.kind === "create" && one.family === family && one.models.includes(model.id)
      ),
    imageOperation: ({ operations: [first] }) => catalog.find(({ id }) => id === first)
  }
}
