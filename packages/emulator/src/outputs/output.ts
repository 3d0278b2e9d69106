import type { MediaRequest } from "../media/media-request.ts"

/** One file of a finished task, rendered at its first download. */
export interface OutputFile {
  /** The path of the file's URL: `/files/<task id>/video-1.mp4`. */
  readonly path: string
  readonly media: MediaRequest
}

/** The sources of an element, as the caller described them. */
export interface ElementSource {
  readonly name: string
  readonly description: string
  readonly frontalImage?: string
  readonly referenceImages: ReadonlyArray<string>
  readonly referenceVideos: ReadonlyArray<string>
  readonly voiceId?: string
  readonly tags: ReadonlyArray<string>
}

/** An output of a task, independent of either generation's format. */
export type Output =
  | {
      readonly type: "video"
      readonly id: string
      readonly file: OutputFile
      readonly watermarked: OutputFile
      readonly durationSeconds: number
    }
  | {
      readonly type: "image"
      readonly file: OutputFile
      readonly watermarked: OutputFile
      /** Groups the images of a series. */
      readonly groupId?: string
    }
  /** Three views in one entry (`/v1/general/ai-multi-shot`). */
  | { readonly type: "views"; readonly files: readonly [OutputFile, OutputFile, OutputFile] }
  | {
      readonly type: "audio"
      readonly id: string
      readonly mp3: OutputFile
      readonly wav: OutputFile
      readonly durationSeconds: number
    }
  | { readonly type: "voice"; readonly id: string; readonly name: string; readonly trial: OutputFile }
  | { readonly type: "element"; readonly id: string; readonly source: ElementSource }

/** Every file of an output, with and without a watermark. */
export const filesOf = (output: Output): ReadonlyArray<OutputFile> => {
  switch (output.type) {
    case "video":
    case "image":
      return [output.file, output.watermarked]
    case "views":
      return output.files
    case "audio":
      return [output.mp3, output.wav]
    case "voice":
      return [output.trial]
    case "element":
      return []
  }
}
