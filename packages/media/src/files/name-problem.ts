import { closestMatch } from "@klingkit/core/internal"
import { extensions } from "../formats/detect-container.ts"

const encoder = new TextEncoder()

/** Other names of what Kling delivers, or may come to: none of them is a program, or the sidecar of another file. */
const others = ["m4v", "mkv", "jpeg", "heif", "bmp", "tif", "tiff", "ogg", "oga", "opus", "flac"]
/** Of text that belongs to media. */
export const textExtensions: ReadonlyArray<string> = ["srt", "vtt", "ass", "lrc", "txt"]

const known: ReadonlyArray<string> = [...extensions, ...others, ...textExtensions]

export const isMediaExtension = (extension: string): boolean => known.includes(extension.toLowerCase())

/** Why a name cannot be that of a result on every system, or undefined. `more` are extensions that are right as well. */
export const nameProblem = (name: string, more: ReadonlyArray<string> = []): string | undefined => {
  if (/^\.{0,2}$|[/\\\0]/.test(name) || encoder.encode(name).length > 240)
    return "the file name must be at most 240 bytes and must not contain a path"
  // Windows ignores dots and blanks at the end.
  const [, stem = "", extension] = /^(.*)\.([^.]*)$/su.exec(name.replace(/[.\s]+$/, "")) ?? []
  if (extension === undefined || (stem !== "" && [...known, ...more].includes(extension.toLowerCase())))
    return undefined
  return `the file name must end in the extension of a media file; did you mean ${JSON.stringify(nearest(stem, extension))}?`
}

const nearest = (stem: string, extension: string): string => {
  if (stem === "") return `${extension}.mp4`
  const before = /\.([^.]*)$/.exec(stem)?.[1]
  if (before !== undefined && isMediaExtension(before)) return stem
  return `${stem}.${closestMatch(extension.toLowerCase(), extensions) ?? "mp4"}`
}
