import { productOf, type VideoFamily } from "../models/video-model.ts"

/** Id, family and path of a model's operation: `new.t2v.kling-3.0` at `/text-to-video/kling-3.0`. */
export const newPath = <const Id extends string, const F extends VideoFamily>(
  { id }: { readonly id: Id },
  family: F
) => ({
  id: `new.${family}.${id}` as const,
  family,
  path: `/${productOf[family]}/${id}`
})
