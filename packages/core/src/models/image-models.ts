import { normalizeModelName } from "./normalize-model-name.ts"

/** What an image model can do. Source: Kling docs, image pages, 2026-09-20. */
export interface ImageModel {
  /** `model_name` on the legacy paths, and the name that users pass. */
  readonly id: string
  readonly state: "live" | "unconfirmed"
  readonly operations: ReadonlyArray<
    | "legacy.images.generations"
    | "legacy.images.omni-image"
    | "legacy.images.multi-image2image"
    | "new.image.kling-image-4.0"
  >
  readonly resolutions: ReadonlyArray<"1k" | "2k" | "4k" | "8k">
  readonly maxImages: number
  readonly aspectRatios: ReadonlyArray<string>
  readonly series: boolean
}

const ratios = ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"]

export const imageModels: ReadonlyArray<ImageModel> = [
  {
    id: "kling-v3",
    state: "live",
    operations: ["legacy.images.generations"],
    resolutions: ["1k", "2k"],
    maxImages: 9,
    aspectRatios: ratios,
    series: false
  },
  {
    id: "kling-v3-omni",
    state: "live",
    operations: ["legacy.images.omni-image"],
    resolutions: ["1k", "2k", "4k"],
    maxImages: 9,
    aspectRatios: [...ratios, "auto"],
    series: true
  },
  {
    id: "kling-image-o1",
    state: "live",
    operations: ["legacy.images.omni-image"],
    resolutions: ["1k", "2k"],
    maxImages: 9,
    aspectRatios: [...ratios, "auto"],
    series: false
  },
  {
    id: "kling-v2-1",
    state: "live",
    operations: ["legacy.images.generations", "legacy.images.multi-image2image"],
    resolutions: ["1k", "2k"],
    maxImages: 9,
    aspectRatios: ratios,
    series: false
  },
  {
    id: "kling-image-4.0",
    state: "unconfirmed",
    operations: ["new.image.kling-image-4.0"],
    resolutions: ["2k", "4k", "8k"],
    // Known for a series only.
    maxImages: 10,
    aspectRatios: [...ratios, "auto"],
    series: true
  }
]

/** Finds an image model; dots and hyphens in versions are equivalent. */
export const findImageModel = (name: string): ImageModel | undefined =>
  imageModels.find((model) => normalizeModelName(model.id) === normalizeModelName(name))
