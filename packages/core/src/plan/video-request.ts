/** What a person asks for when they want a clip; which operation it takes is the planner's decision. */
export interface VideoRequest {
  /** Any of the model's names, `kling-3.0` or `kling-v3`; `kling-3.0` when absent. */
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
  /** Several shots in one clip; one shot when absent. */
  readonly multiShot?: boolean
  readonly watermark?: boolean
  readonly callbackUrl?: string
}

export const defaultVideoModel = "kling-3.0"
