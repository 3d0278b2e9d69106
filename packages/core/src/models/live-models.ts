import { findByName, type ModelFacts } from "./model-facts.ts"

// The models that Kling offers to developers. Source: Kling docs, model capability pages, 2026-09-20.

export const kling30Turbo = {
  id: "kling-3.0-turbo",
  audio: "native",
  multiShot: "prompt"
} as const satisfies ModelFacts

export const kling30 = { id: "kling-3.0", legacyName: "kling-v3" } as const satisfies ModelFacts

export const kling30Omni = {
  id: "kling-3.0-omni",
  legacyName: "kling-v3-omni",
  references: {
    max: 7,
    maxWithVideo: 4,
    maxElementsWithFrames: 3,
    baseVideoWithoutFrames: true,
    withVideo: {
      feature: { audio: ["off"], multiShot: true },
      base: { audio: ["original", "off"], multiShot: false }
    }
  }
} as const satisfies ModelFacts

export const klingO1 = {
  id: "kling-o1",
  // Newer than 2.6, older than 3.0.
  listedAs: 2.9,
  legacyName: "kling-video-o1",
  references: { max: 7, maxWithVideo: 4, bothFramesAlone: true, secondsWithoutReferences: [5, 10] }
} as const satisfies ModelFacts

export const kling26 = {
  id: "kling-2.6",
  legacyName: "kling-v2-6",
  nativeAudioAt: ["1080p"],
  lastFrameAt: ["1080p"],
  lastFrameSilent: true
} as const satisfies ModelFacts

export const kling25Turbo = {
  id: "kling-2.5-turbo",
  legacyName: "kling-v2-5-turbo",
  lastFrameAt: ["1080p"]
} as const satisfies ModelFacts

/** The models that share an image operation with a more capable one. */
export const klingImageO1 = {
  id: "kling-image-o1",
  listedAs: 2.9,
  imageResolutions: ["1k", "2k"],
  series: false
} as const satisfies ModelFacts

const videoFacts: ReadonlyArray<ModelFacts> = [kling30Turbo, kling30, kling30Omni, klingO1, kling26, kling25Turbo]

/** `kling-3.0` for `kling-v3`; an unknown name stays as it is. */
export const modelIdOf = (name: string): string => findByName(videoFacts, name)?.id ?? name
