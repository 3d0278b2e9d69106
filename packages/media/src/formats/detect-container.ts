export const extensions = [
  "mp4",
  "mov",
  "webm",
  "m4a",
  "png",
  "jpg",
  "webp",
  "gif",
  "avif",
  "heic",
  "mp3",
  "wav",
  "aac"
] as const

/** The real format of a file, from its first bytes; an HTML page never passes for a video. */
export interface Container {
  readonly extension: (typeof extensions)[number]
  readonly mimeType: string
}

const ascii = (bytes: Uint8Array, offset: number, text: string): boolean =>
  bytes.length >= offset + text.length &&
  [...text].every((character, index) => bytes[offset + index] === character.charCodeAt(0))

/** The brand says which of the formats on ISO base media it is; most are videos. */
const isoContainer = (head: Uint8Array): Container => {
  const brand = String.fromCharCode(...head.subarray(8, 12))
  if (brand === "qt  ") return { extension: "mov", mimeType: "video/quicktime" }
  if (brand === "M4A ") return { extension: "m4a", mimeType: "audio/mp4" }
  if (brand === "avif" || brand === "avis") return { extension: "avif", mimeType: "image/avif" }
  return heifBrands.has(brand)
    ? { extension: "heic", mimeType: "image/heic" }
    : { extension: "mp4", mimeType: "video/mp4" }
}

const heifBrands: ReadonlySet<string> = new Set(["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"])

/** Plain text such as subtitles, but not an HTML page or an XML error. Needs the first few bytes. */
export const isPlainText = (head: Uint8Array): boolean =>
  head.length > 0 && !head.includes(0) && !/^[\ufeff\s]*</.test(new TextDecoder().decode(head))

/** Undefined for formats that Kling does not deliver. Needs at least 12 bytes. */
export const detectContainer = (head: Uint8Array): Container | undefined => {
  if (ascii(head, 4, "ftyp")) return isoContainer(head)
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
