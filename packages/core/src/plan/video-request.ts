/** A request for a video; the planner selects the operation. */
export interface VideoRequest {
  /** Either name of the model, `kling-3.0` or `kling-v3`; default `kling-3.0`, with references `kling-3.0-omni`. */
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
  /** Images whose subjects appear in the video; the prompt refers to them as `@image_1`, `@image_2`. */
  readonly referenceImages?: ReadonlyArray<string>
  /** A video by URL; the prompt refers to it as `@video_1`. */
  readonly referenceVideo?: string
  /** `base`: the reference video is edited. `feature` (the default): its style, subject or motion is used. */
  readonly referenceUse?: "base" | "feature"
  /** Element ids; the prompt refers to them as `@element_1`, `@element_2`. */
  readonly elements?: ReadonlyArray<string>
  /** Several shots in one video; one shot when absent. */
  readonly multiShot?: boolean
  readonly watermark?: boolean
  readonly callbackUrl?: string
}

export const defaultVideoModel = "kling-3.0"
/** The default when the request has reference images or a reference video. */
export const defaultReferenceModel = "kling-3.0-omni"

export const hasReferences = (request: VideoRequest): boolean =>
  (request.referenceImages?.length ?? 0) > 0 || request.referenceVideo !== undefined

/** Treats an empty array as absent. */
export const filled = <A>(values: ReadonlyArray<A> | undefined): ReadonlyArray<A> | undefined =>
  values === undefined || values.length === 0 ? undefined : values
