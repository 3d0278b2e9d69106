/** What Kling accepts at a media parameter. Source: Kling docs, image and video input requirements. */
export interface MediaRule {
  readonly kind: "image" | "video" | "audio"
  readonly formats: ReadonlyArray<string>
  readonly maxMegabytes: number
  /** Videos have no upload: only a URL that Kling can reach. */
  readonly urlOnly?: boolean
  readonly minPixels?: number
  readonly maxPixels?: number
  /** Width divided by height. */
  readonly minRatio?: number
  readonly maxRatio?: number
  readonly minSeconds?: number
  readonly maxSeconds?: number
}

const image = {
  kind: "image",
  formats: ["jpg", "png"],
  minPixels: 300,
  minRatio: 1 / 2.5,
  maxRatio: 2.5
} as const

export const legacyImage: MediaRule = { ...image, maxMegabytes: 10 }
export const newImage: MediaRule = { ...image, maxMegabytes: 50 }
