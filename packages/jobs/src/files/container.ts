export const extensions = ["mp4", "mov", "webm", "png", "jpg", "webp", "gif", "mp3", "wav", "aac"] as const

/** What a file really is, told by its first bytes; a page of HTML is never taken for a film. */
export interface Container {
  readonly extension: (typeof extensions)[number]
  readonly mimeType: string
}

const ascii = (bytes: Uint8Array, at: number, text: string): boolean =>
  bytes.length >= at + text.length &&
  [...text].every((character, index) => bytes[at + index] === character.charCodeAt(0))

/** Plain text, such as subtitles; a page of HTML or an XML error is none. At least the first few bytes are needed. */
export const isPlainText = (head: Uint8Array): boolean =>
  head.length > 0 && !head.includes(0) && !/^[\ufeff\s]*</.test(new TextDecoder().decode(head))

/** Nothing when the bytes are none of the kinds that Kling delivers. At least 12 bytes are needed. */
export const readContainer = (head: Uint8Array): Container | undefined => {
  if (ascii(head, 4, "ftypqt")) return { extension: "mov", mimeType: "video/quicktime" }
  if (ascii(head, 4, "ftyp")) return { extension: "mp4", mimeType: "video/mp4" }
  if (head[0] === 0x1a && head[1] === 0x45 && head[2] === 0xdf) return { extension: "webm", mimeType: "video/webm" }
  if (head[0] === 0x89 && ascii(head, 1, "PNG")) return { extension: "png", mimeType: "image/png" }
  if (head[0] === 0xff && head[1] === 0xd8) return { extension: "jpg", mimeType: "image/jpeg" }
  if (ascii(head, 0, "RIFF") && ascii(head, 8, "WEBP")) return { extension: "webp", mimeType: "image/webp" }
  if (ascii(head, 0, "RIFF") && ascii(head, 8, "WAVE")) return { extension: "wav", mimeType: "audio/wav" }
  if (ascii(head, 0, "GIF8")) return { extension: "gif", mimeType: "image/gif" }
  if (ascii(head, 0, "ID3")) return { extension: "mp3", mimeType: "audio/mpeg" }
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0) return { extension: "aac", mimeType: "audio/aac" }
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0) return { extension: "mp3", mimeType: "audio/mpeg" }
  return undefined
}
