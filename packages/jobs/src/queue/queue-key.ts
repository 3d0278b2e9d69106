import { findVideoModel, type Plan } from "@klingkit/core"

/** Which concurrency slots of the account a task takes, and how many. */
interface SlotDemand {
  readonly queueKey: string
  readonly slots: number
}

/** Kling counts running tasks per model version and pack, an image task once per image (Kling docs, concurrency rules). */
export const slotDemandOf = ({ operation, input, model, quote }: Plan): SlotDemand => {
  const version = findVideoModel(model)?.id ?? (model === "" ? operation.family : model)
  const images = quote.pack === "image" ? input["n"] : undefined
  return { queueKey: `${version} ${quote.pack ?? "any pack"}`, slots: typeof images === "number" ? images : 1 }
}
