/** What Kling accepts at a media parameter. Source: Kling docs, image and video input requirements. */
export interface MediaRule {
  readonly kind: "image" | "video" | "audio"
  readonly formats: ReadonlyArray<string>
  /** Absent where Kling publishes none. */
  readonly maxMegabytes?: number
  /** Videos have no upload: only a URL that Kling can reach. */
  readonly urlOnly?: boolean
  /** Each side. */
  readonly minPixels?: number
  readonly maxPixels?: number
  /** Width times height, in pixels. */
  readonly maxArea?: number
  /** Width divided by height. */
  readonly minRatio?: number
  readonly maxRatio?: number
  readonly minSeconds?: number
  readonly maxSeconds?: number
  /** Lengths between these two are refused although the outer limits allow them. */
  readonly secondsGap?: { readonly above: number; readonly below: number }
  readonly minFps?: number
  readonly maxFps?: number
  /** The only frame rates taken. */
  readonly fps?: ReadonlyArray<number>
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
export const kling4Image: MediaRule = { ...image, maxMegabytes: 30 }

const clip = { kind: "video", formats: ["mp4", "mov"], urlOnly: true } as const

/** The reference clip of Kling 3.0 Omni. */
export const omni30Video = {
  ...clip,
  maxMegabytes: 200,
  minSeconds: 3,
  maxSeconds: 15.5,
  minPixels: 700,
  maxPixels: 4553,
  maxArea: 8_294_400,
  minRatio: 0.4,
  maxRatio: 2,
  minFps: 24,
  maxFps: 60
} as const satisfies MediaRule

/** The reference clip of Kling O1. */
export const omniO1Video = {
  ...clip,
  maxMegabytes: 200,
  minSeconds: 3,
  maxSeconds: 10,
  minPixels: 700,
  maxPixels: 2160
} as const satisfies MediaRule

/** A reference clip of Kling 4.0: a partner's figures. */
export const kling4Video: MediaRule = {
  ...clip,
  maxMegabytes: 300,
  minSeconds: 3,
  maxSeconds: 30,
  minPixels: 700,
  maxPixels: 4553,
  minFps: 24
}

/** The clip whose motion is copied; with the picture's orientation it may last 10 s only. */
export const motionVideo = {
  ...clip,
  maxMegabytes: 100,
  minSeconds: 3,
  maxSeconds: 30,
  minPixels: 340,
  maxPixels: 3850
} as const satisfies MediaRule
export const legacyMotionVideo: MediaRule = { ...clip, maxMegabytes: 100, minSeconds: 3, maxSeconds: 30 }

/** The clip in which faces are looked for. */
export const faceVideo = {
  ...clip,
  maxMegabytes: 100,
  minSeconds: 2,
  maxSeconds: 60,
  minPixels: 512,
  maxPixels: 2160
} as const satisfies MediaRule

/** The clip that the multi-elements editor opens: 2 to 5 s, or 7 to 10 s. */
export const editableVideo: MediaRule = {
  ...clip,
  minSeconds: 2,
  maxSeconds: 10,
  secondsGap: { above: 5, below: 7 },
  minPixels: 720,
  maxPixels: 2160,
  fps: [24, 30, 60]
}

/** The clip that gets a sound track. */
export const silentVideo: MediaRule = { ...clip, maxMegabytes: 100, minSeconds: 3, maxSeconds: 20 }

/** A clip of which Kling's docs give no limits. */
export const anyVideo: MediaRule = clip

const sound = { kind: "audio", formats: ["mp3", "wav", "m4a", "aac"], maxMegabytes: 5 } as const

export const lipSyncSound: MediaRule = { ...sound, minSeconds: 2, maxSeconds: 60 }
export const avatarSound = { ...sound, minSeconds: 2, maxSeconds: 300 } as const satisfies MediaRule
export const anySound: MediaRule = sound

/** The person or the garment of the try-on solution; the short side has to be over 300 pixels. */
export const tryOnImage: MediaRule = {
  kind: "image",
  formats: ["jpg", "png", "webp"],
  maxMegabytes: 10,
  minPixels: 301,
  maxPixels: 2048
}

/** The clip whose clothes are replaced. */
export const apparelVideo: MediaRule = {
  ...clip,
  maxMegabytes: 100,
  minSeconds: 5,
  maxSeconds: 180,
  minPixels: 576,
  maxPixels: 4553
}

/** The episode that gets subtitles. */
export const dramaVideo: MediaRule = { ...clip, maxMegabytes: 500, maxSeconds: 300 }

/** The clip that shows an element: 1080p, lying or standing. */
export const elementVideo: MediaRule = {
  ...clip,
  maxMegabytes: 200,
  minSeconds: 3,
  maxSeconds: 8,
  minPixels: 1080,
  maxPixels: 1920,
  minRatio: 9 / 16,
  maxRatio: 16 / 9
}

/** The recording that a voice is made from: a sound, or a clip with one. */
export const voiceSource: MediaRule = {
  kind: "audio",
  formats: ["mp3", "wav", "mp4", "mov"],
  urlOnly: true,
  minSeconds: 5,
  maxSeconds: 30
}
