/** What Kling accepts for a media parameter. Source: Kling docs, image and video input requirements. */
export interface MediaRule {
  readonly kind: "image" | "video" | "audio"
  readonly formats: ReadonlyArray<string>
  /** Absent where Kling publishes no limit. */
  readonly maxMegabytes?: number
  /** Kling has no upload for videos: only a URL that it can reach. */
  readonly urlOnly?: boolean
  /** Of each side. */
  readonly minPixels?: number
  readonly maxPixels?: number
  /** Width times height, in pixels. */
  readonly maxArea?: number
  /** Width divided by height. */
  readonly minRatio?: number
  readonly maxRatio?: number
  readonly minSeconds?: number
  readonly maxSeconds?: number
  /** Lengths between these two are rejected although the outer limits allow them. */
  readonly secondsGap?: { readonly above: number; readonly below: number }
  readonly minFps?: number
  readonly maxFps?: number
  /** The only accepted frame rates. */
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

const video = { kind: "video", formats: ["mp4", "mov"], urlOnly: true } as const

/** The reference video of Kling 3.0 Omni. */
export const omni30Video = {
  ...video,
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

/** The reference video of Kling O1. */
export const omniO1Video = {
  ...video,
  maxMegabytes: 200,
  minSeconds: 3,
  maxSeconds: 10,
  minPixels: 700,
  maxPixels: 2160
} as const satisfies MediaRule

/** A reference video of Kling 4.0: a partner's figures. */
export const kling4Video: MediaRule = {
  ...video,
  maxMegabytes: 300,
  minSeconds: 3,
  maxSeconds: 30,
  minPixels: 700,
  maxPixels: 4553,
  minFps: 24
}

/** The video whose motion is copied; at most 10 s with the orientation of the image. */
export const motionVideo = {
  ...video,
  maxMegabytes: 100,
  minSeconds: 3,
  maxSeconds: 30,
  minPixels: 340,
  maxPixels: 3850
} as const satisfies MediaRule
export const legacyMotionVideo: MediaRule = { ...video, maxMegabytes: 100, minSeconds: 3, maxSeconds: 30 }

/** The video in which faces are detected. */
export const faceVideo = {
  ...video,
  maxMegabytes: 100,
  minSeconds: 2,
  maxSeconds: 60,
  minPixels: 512,
  maxPixels: 2160
} as const satisfies MediaRule

/** The video that the multi-elements editor opens: 2 to 5 s, or 7 to 10 s. */
export const editableVideo: MediaRule = {
  ...video,
  minSeconds: 2,
  maxSeconds: 10,
  secondsGap: { above: 5, below: 7 },
  minPixels: 720,
  maxPixels: 2160,
  fps: [24, 30, 60]
}

/** The video that gets a soundtrack. */
export const silentVideo: MediaRule = { ...video, maxMegabytes: 100, minSeconds: 3, maxSeconds: 20 }

/** A video for which Kling's docs state no limits. */
export const anyVideo: MediaRule = video

const audio = { kind: "audio", formats: ["mp3", "wav", "m4a", "aac"], maxMegabytes: 5 } as const

export const lipSyncAudio = { ...audio, minSeconds: 2, maxSeconds: 60 } as const satisfies MediaRule
export const avatarAudio = { ...audio, minSeconds: 2, maxSeconds: 300 } as const satisfies MediaRule
export const anyAudio: MediaRule = audio

/** The model or the garment of the try-on solution; the short side must be over 300 pixels. */
export const tryOnImage: MediaRule = {
  kind: "image",
  formats: ["jpg", "png", "webp"],
  maxMegabytes: 10,
  minPixels: 301,
  maxPixels: 2048
}

/** The video whose clothes are replaced. */
export const apparelVideo: MediaRule = {
  ...video,
  maxMegabytes: 100,
  minSeconds: 5,
  maxSeconds: 180,
  minPixels: 576,
  maxPixels: 4553
}

/** The episode that gets subtitles. */
export const dramaVideo: MediaRule = { ...video, maxMegabytes: 500, maxSeconds: 300 }

/** The video that shows an element: 1080p, landscape or portrait. */
export const elementVideo: MediaRule = {
  ...video,
  maxMegabytes: 200,
  minSeconds: 3,
  maxSeconds: 8,
  minPixels: 1080,
  maxPixels: 1920,
  minRatio: 9 / 16,
  maxRatio: 16 / 9
}

/** The recording that a voice is cloned from: audio, or a video with audio. */
export const voiceSource: MediaRule = {
  kind: "audio",
  formats: ["mp3", "wav", "mp4", "mov"],
  urlOnly: true,
  minSeconds: 5,
  maxSeconds: 30
}
