import { secondsOfShots, type Shot } from "../operations/shot-syntax.ts"

/** A request for a video; the planner selects the operation. */
export interface VideoRequest {
  /** Either name of the model, `kling-3.0` or `kling-v3`; default `kling-3.0`, with references that it does not take `kling-3.0-omni`. */
  readonly model?: string
  readonly prompt?: string
  /** Legacy paths only, so it determines the path. */
  readonly negativePrompt?: string
  readonly resolution?: string
  readonly durationSeconds?: number
  /** Only without an image: otherwise the video has the aspect ratio of the image. */
  readonly aspectRatio?: string
  /** `hdr` for 10-bit video, where the model makes it. */
  readonly dynamicRange?: string
  readonly audio?: string
  /** First frame: a URL or bare base64. */
  readonly image?: string
  /** Last frame: a URL or bare base64. */
  readonly lastImage?: string
  /** Images whose subjects appear in the video; the prompt refers to them as `@image_1`, `@image_2`, also beside frames. */
  readonly referenceImages?: ReadonlyArray<string>
  /** A video by URL; the prompt refers to it as `@video_1`. */
  readonly referenceVideo?: string
  /** `base`: the reference video is edited. `feature` (the default): its style, subject or motion is used. */
  readonly referenceUse?: "base" | "feature"
  /** Element ids; the prompt refers to them as `@element_1`, `@element_2`. */
  readonly elements?: ReadonlyArray<string>
  /** Several shots in one video; one shot when absent. */
  readonly multiShot?: boolean
  /** The shots one by one, in place of a prompt. The video lasts as long as all of them. */
  readonly shots?: ReadonlyArray<Shot>
  /** Voice ids; the prompt refers to them as `@voice_1`, `@voice_2`. They need an image, and make native audio. */
  readonly voices?: ReadonlyArray<string>
  readonly watermark?: boolean
  readonly callbackUrl?: string
}

export const defaultVideoModel = "kling-3.0"
/** The default when the request has reference images, a reference video, or elements without an image. */
export const defaultReferenceModel = "kling-3.0-omni"

export const hasReferences = (request: VideoRequest): boolean =>
  (request.referenceImages?.length ?? 0) > 0 || request.referenceVideo !== undefined

/** Only the omni paths take these: elements elsewhere need an image. */
export const needsOmni = (request: VideoRequest): boolean =>
  hasReferences(request) || (request.image === undefined && filled(request.elements) !== undefined)

/** What follows from other settings: voices are heard, and a video of shots is as long as they are. */
export const withImplied = (request: VideoRequest): VideoRequest => {
  const { audio, durationSeconds, shots } = request
  return {
    ...request,
    ...(audio === undefined && filled(request.voices) !== undefined ? { audio: "native" } : {}),
    ...(durationSeconds === undefined && shots !== undefined ? { durationSeconds: secondsOfShots(shots) } : {})
  }
}

/** Treats an empty array as absent. */
export const filled = <A>(values: ReadonlyArray<A> | undefined): ReadonlyArray<A> | undefined =>
  values === undefined || values.length === 0 ? undefined : values
