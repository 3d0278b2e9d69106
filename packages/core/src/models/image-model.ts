import type { AnyOperation } from "../operation.ts"
import type { ImageResolution, ModelFacts } from "./model-facts.ts"
import { inOrder } from "./model-order.ts"
import { enumOf, factsOf, integerMax } from "./operation-limits.ts"

/** What an image model can do, derived from its operations. */
export interface ImageModel {
  /** `model_name` on the legacy paths, and the name that users pass. */
  readonly id: string
  readonly state: "live" | "unconfirmed"
  /** Ids of its operations, the plainest first. */
  readonly operations: ReadonlyArray<string>
  readonly resolutions: ReadonlyArray<ImageResolution>
  readonly maxImages: number
  readonly aspectRatios: ReadonlyArray<string>
  readonly series: boolean
}

/** Families whose operations make images of a prompt with a model of the caller's choice, the plainest first. */
const imageFamilies = ["img", "omniimg", "mi2i", "image"] as const

/** The rows of the image models that `operations` declare. */
export const imageModelsOf = (operations: ReadonlyArray<AnyOperation>): ReadonlyArray<ImageModel> => {
  const ofImages = imageFamilies.flatMap((family) =>
    operations.filter((one) => one.kind === "create" && one.family === family)
  )
  const ids = [...new Set(ofImages.flatMap(({ models }) => models))]
  return inOrder(
    ids.map((id) => {
      const own = ofImages.filter(({ models }) => models.includes(id))
      const facts = factsOf(id, own)
      return { facts, model: imageModelOf(facts, own) }
    })
  )
}

const imageModelOf = (facts: ModelFacts, own: ReadonlyArray<AnyOperation>): ImageModel => {
  const [first] = own as readonly [AnyOperation, ...ReadonlyArray<AnyOperation>]
  return {
    id: facts.id,
    state: own.every(({ confidence }) => confidence === "low") ? "unconfirmed" : "live",
    operations: own.map((one) => one.id),
    resolutions: facts.imageResolutions ?? (enumOf(first, "resolution") as ReadonlyArray<ImageResolution>),
    // A maximum for single images may be unknown.
    maxImages: integerMax(first, "n") || integerMax(first, "seriesAmount") || 1,
    aspectRatios: enumOf(first, "aspectRatio"),
    series: facts.series ?? "resultType" in first.params
  }
}
