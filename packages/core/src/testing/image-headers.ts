import { Base64 } from "effect/encoding"

const hex = (text: string): ReadonlyArray<number> => text.split(" ").map((byte) => Number.parseInt(byte, 16))
const ascii = (text: string): ReadonlyArray<number> => [...text].map((char) => char.charCodeAt(0))
const twoBytes = (value: number): ReadonlyArray<number> => [value >> 8, value & 255]
const fourBytes = (value: number): ReadonlyArray<number> => [...twoBytes(value >>> 16), ...twoBytes(value & 0xffff)]

/** The header of a real PNG: signature and size. */
export const png = (width: number, height: number): Uint8Array =>
  Uint8Array.from([
    ...hex("89 50 4e 47 0d 0a 1a 0a 00 00 00 0d"),
    ...ascii("IHDR"),
    ...fourBytes(width),
    ...fourBytes(height),
    ...hex("08 06 00 00 00 00 00 00 00")
  ])

const jfif = hex("ff e0 00 10 4a 46 49 46 00 01 01 00 00 01 00 01 00 00")

/** An EXIF orientation: 1 is upright, 6 is rotated by 90 degrees. */
const exif = (orientation: number): ReadonlyArray<number> => [
  ...hex("ff e1 00 22"),
  ...ascii("Exif\0\0MM\0*"),
  ...hex("00 00 00 08 00 01 01 12 00 03 00 00 00 01"),
  ...twoBytes(orientation),
  ...hex("00 00 00 00 00 00")
]

/** The header of a real JPEG, with `segmentBytes` of metadata, such as a colour profile, before its size. */
export const jpeg = (
  width: number,
  height: number,
  options: { readonly orientation?: number; readonly segmentBytes?: number; readonly isCmyk?: boolean } = {}
): Uint8Array => {
  const segments: Array<number> = []
  for (let remaining = options.segmentBytes ?? 0; remaining > 0; remaining -= 60_000) {
    const length = Math.min(remaining, 60_000)
    segments.push(0xff, 0xe2, ...twoBytes(length + 2), ...Array.from({ length }, () => 0))
  }
  return Uint8Array.from([
    ...hex("ff d8"),
    ...(options.orientation === undefined ? jfif : exif(options.orientation)),
    ...segments,
    ...hex("ff c0 00 11 08"),
    ...twoBytes(height),
    ...twoBytes(width),
    ...hex(
      options.isCmyk === true ? "04 01 11 00 02 11 00 03 11 00 04 11 00 ff d9" : "03 01 22 00 02 11 01 03 11 01 ff d9"
    )
  ])
}

const littleEndian = (value: number, bytes: number): ReadonlyArray<number> =>
  Array.from({ length: bytes }, (_, index) => (value >> (8 * index)) & 255)

export const gif = (width: number, height: number): Uint8Array =>
  Uint8Array.from([...ascii("GIF89a"), ...littleEndian(width, 2), ...littleEndian(height, 2), ...hex("00 00 00 3b")])

export const webp = (width: number, height: number): Uint8Array =>
  Uint8Array.from([
    ...ascii("RIFF"),
    ...littleEndian(30, 4),
    ...ascii("WEBPVP8X"),
    ...littleEndian(10, 4),
    ...littleEndian(0, 4),
    ...littleEndian(width - 1, 3),
    ...littleEndian(height - 1, 3),
    ...ascii("VP8 ")
  ])

/** Bare base64 of a file that starts with `header` and is `megabytes` long. */
export const base64 = (header: Uint8Array, megabytes = 0): string => {
  const padded = new Uint8Array(Math.ceil(header.length / 3) * 3)
  padded.set(header)
  return Base64.encode(padded).padEnd(Math.floor((megabytes * 1_000_000) / 3) * 4, "A")
}
