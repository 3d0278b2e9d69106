import * as z from "zod"
import { knownModels } from "../models/known-models.ts"
import { modelMeant } from "../models/model-meant.ts"
import { replacementFor, retiredModels } from "../models/retired-models.ts"

type Medium = "video" | "image"

const media = z.registry<{ readonly medium: Medium }>()

/** A field that names a model of videos or of images, read as users write names. */
export const modelField = <Schema extends z.ZodType>(medium: Medium, schema: Schema): Schema => {
  media.add(schema, { medium })
  return schema
}

/** What `Kling 3` or `v3` means in such a field; undefined in others, and for what is a name already, or none. */
export const readModel = (type: z.core.$ZodType | undefined, value: unknown): string | undefined => {
  const medium = type === undefined ? undefined : media.get(type)?.medium
  return medium === undefined || typeof value !== "string" || isName(medium, value)
    ? undefined
    : modelMeant([...namesOf[medium], ...Object.keys(retiredModels[medium])], value)
}

const namesOf: Readonly<Record<Medium, ReadonlyArray<string>>> = {
  video: knownModels.videoModels.map(({ id }) => id),
  image: knownModels.imageModels.map(({ id }) => id)
}

const isName = (medium: Medium, value: string): boolean =>
  knownModels.findVideoModel(value) !== undefined ||
  knownModels.findImageModel(value) !== undefined ||
  replacementFor(medium, value) !== undefined
