import { Base64 } from "effect/encoding"

const bytes = (text: string): ReadonlyArray<number> => [...text].map((one) => one.charCodeAt(0))
const twoBytes = (value: number): ReadonlyArray<number> => [value >> 8, value & 255]
const fourBytes = (value: number): ReadonlyArray<number> => [...twoBytes(value >>> 16), ...twoBytes(value & 0xffff)]

/** The head of a real PNG: signature and size. */
export const png = (width: number, height: number): Uint8Array =>
  Uint8Array.from([
    0x89,
    ...bytes("PNG\r\n\u001a\n"),
    ...fourBytes(13),
    ...bytes("IHDR"),
    ...fourBytes(width),
    ...fourBytes(height),
    ...[8, 6, 0, 0, 0],
    ...fourBytes(0)
  ])

const jfif = [0xff, 0xe0, ...twoBytes(16), ...bytes("JFIF\0"), 1, 1, 0, 0, 1, 0, 1, 0, 0]

/** How a camera says that a picture has to be turned: 1 is upright, 6 lies on its side. */
const exif = (orientation: number): ReadonlyArray<number> => [
  ...[0xff, 0xe1],
  ...twoBytes(34),
  ...bytes("Exif\0\0MM\0*"),
  ...fourBytes(8),
  ...twoBytes(1),
  ...[0x01, 0x12, 0, 3],
  ...fourBytes(1),
  ...twoBytes(orientation),
  ...[0, 0],
  ...fourBytes(0)
]

/** The head of a real JPEG, with `recordBytes` of something else, such as a colour profile, before its size. */
export const jpeg = (
  width: number,
  height: number,
  about: { readonly orientation?: number; readonly recordBytes?: number } = {}
): Uint8Array => {
  const records: Array<number> = []
  for (let left = about.recordBytes ?? 0; left > 0; left -= 60_000) {
    const length = Math.min(left, 60_000)
    records.push(0xff, 0xe2, ...twoBytes(length + 2), ...Array.from({ length }, () => 0))
  }
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...(about.orientation === undefined ? jfif : exif(about.orientation)),
    ...records,
    ...[0xff, 0xc0],
    ...twoBytes(17),
    8,
    ...twoBytes(height),
    ...twoBytes(width),
    ...[3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1],
    ...[0xff, 0xd9]
  ])
}

export const gif = (width: number, height: number): Uint8Array =>
  Uint8Array.from([...bytes("GIF89a"), width & 255, width >> 8, height & 255, height >> 8, 0, 0, 0, 0x3b])

export const webp = (width: number, height: number): Uint8Array => {
  const threeBytes = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255]
  return Uint8Array.from([
    ...bytes("RIFF"),
    ...[30, 0, 0, 0],
    ...bytes("WEBPVP8X"),
    ...[10, 0, 0, 0],
    ...[0, 0, 0, 0],
    ...threeBytes(width - 1),
    ...threeBytes(height - 1),
    ...bytes("VP8 ")
  ])
}

/** Bare base64 of a file that begins with `head` and has `megabytes` in all. */
export const base64 = (head: Uint8Array, megabytes = 0): string => {
  const whole = new Uint8Array(Math.ceil(head.length / 3) * 3)
  whole.set(head)
  return Base64.encode(whole).padEnd(Math.floor((megabytes * 1_000_000) / 3) * 4, "A")
}
