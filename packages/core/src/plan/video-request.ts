/** What a person asks for when they want a clip; which operation it takes is the planner's decision. */
export interface VideoRequest {
  /** Any of the model's names, `kling-3.0` or `kling-v3`; when absent `kling-3.0`, with references `kling-3.0-omni`. */
  readonly model?: string
  readonly prompt?: string
  /** Legacy paths only, so it decides the path. */
  readonly negativePrompt?: string
  readonly resolution?: string
  readonly durationSeconds?: number
  /** Only without a picture: a clip from a picture has its shape. */
  readonly aspectRatio?: string
  readonly audio?: string
  /** First frame: a URL or bare base64. */
  readonly image?: string
  /** Last frame: a URL or bare base64. */
  readonly lastImage?: string
  /** Pictures whose subjects appear in the clip; the prompt calls them `@image_1`, `@image_2`. */
  readonly referenceImages?: ReadonlyArray<string>
  /** A clip by URL; the prompt calls it `@video_1`. */
  readonly referenceVideo?: string
  /** `base`: the reference clip is edited. `feature` (the default): its style, subject or motion is taken up. */
  readonly referenceUse?: "base" | "feature"
  /** Element ids; the prompt calls them `@element_1`, `@element_2`. */
  readonly elements?: ReadonlyArray<string>
  /** Several shots in one clip; one shot when absent. */
  readonly multiShot?: boolean
  readonly watermark?: boolean
  readonly callbackUrl?: string
}

export const defaultVideoModel = "kling-3.0"
/** The default when the request holds reference pictures or a reference clip. */
export const defaultReferenceModel = "kling-3.0-omni"

export const hasReferences = (request: VideoRequest): boolean =>
  (request.referenceImages?.length ?? 0) > 0 || request.referenceVideo !== undefined

/** An empty list asks for nothing. */
export const filled = <A>(values: ReadonlyArray<A> | undefined): ReadonlyArray<A> | undefined =>
  values === undefined || values.length === 0 ? undefined : values
