import type { Problem } from "../errors/problem.ts"
import { nearestModel } from "../models/model-meant.ts"

/** Unknown names are sent as they are, but only what could be one: it becomes part of a path, of texts and of answers. */
export const unusableModelName = (name: string, ids: ReadonlyArray<string>): Problem | undefined => {
  if (/^[a-z0-9][a-z0-9.-]{1,60}$/i.test(name)) return undefined
  const known = nearestModel(ids, name)
  return { field: "model", message: `is not a valid model name${known === undefined ? "" : `; nearest: ${known}`}` }
}
