import { findVideoModel, type Plan } from "@klingkit/core"

/**
 * Which of the account's parallel places a plan's task takes, and how many: Kling counts running tasks per model version
 * and pack, an image task as many as its pictures (Kling docs, concurrency rules).
 */
export const laneOf = ({ operation, input, model, quote }: Plan): { readonly lane: string; readonly slots: number } => {
  const version = findVideoModel(model)?.id ?? (model === "" ? operation.family : model)
  const pictures = quote.pack === "image" ? input["n"] : undefined
  return { lane: `${version} ${quote.pack ?? "any pack"}`, slots: typeof pictures === "number" ? pictures : 1 }
}
