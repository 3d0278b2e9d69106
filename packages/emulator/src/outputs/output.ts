import type { MediaRequest } from "../media/media-request.ts"

/** One file that a finished task offers, rendered when somebody first asks for it. */
export interface OutputFile {
  /** The path below the emulator's address: `/files/<task id>/video-1.mp4`. */
  readonly path: string
  readonly media: MediaRequest
}

/** What a task makes, before either generation's spelling. */
export type Output =
  | {
      readonly type: "video"
      readonly id: string
      readonly file: OutputFile
      readonly watermarked: OutputFile
      readonly durationSeconds: number
    }
  | { readonly type: "image"; readonly file: OutputFile; readonly watermarked: OutputFile }
  | {
      readonly type: "audio"
      readonly id: string
      readonly mp3: OutputFile
      readonly wav: OutputFile
      readonly durationSeconds: number
    }
  | { readonly type: "voice"; readonly id: string; readonly name: string; readonly trial: OutputFile }
  | { readonly type: "element"; readonly id: string; readonly name: string; readonly description: string }

/** Every file of an output, with and without a watermark. */
export const filesOf = (output: Output): ReadonlyArray<OutputFile> => {
  switch (output.type) {
    case "video":
    case "image":
      return [output.file, output.watermarked]
    case "audio":
      return [output.mp3, output.wav]
    case "voice":
      return [output.trial]
    case "element":
      return []
  }
}
