import type { ImageModel } from "./image-model.ts"
import { knownModels } from "./known-models.ts"

export const imageModels: ReadonlyArray<ImageModel> = knownModels.imageModels

/** Finds an image model; dots and hyphens in versions are equivalent. */
export const findImageModel = (name: string): ImageModel | undefined => knownModels.findImageModel(name)
