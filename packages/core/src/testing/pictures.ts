import { Base64 } from "effect/encoding"

const hex = (text: string): ReadonlyArray<number> => text.split(" ").map((one) => Number.parseInt(one, 16))
const letters = (text: string): ReadonlyArray<number> => [...text].map((one) => one.charCodeAt(0))
const twoBytes = (value: number): ReadonlyArray<number> => [value >> 8, value & 255]
const fourBytes = (value: number): ReadonlyArray<number> => [...twoBytes(value >>> 16), ...twoBytes(value & 0xffff)]

/** The head of a real PNG: signature and size. */
export const png = (width: number, height: number): Uint8Array =>
  Uint8Array.from([
    ...hex("89 50 4e 47 0d 0a 1a 0a 00 00 00 0d"),
    ...letters("IHDR"),
    ...fourBytes(width),
    ...fourBytes(height),
    ...hex("08 06 00 00 00 00 00 00 00")
  ])

const jfif = hex("ff e0 00 10 4a 46 49 46 00 01 01 00 00 01 00 01 00 00")

/** How a camera says that a picture has to be turned: 1 is upright, 6 lies on its side. */
const exif = (orientation: number): ReadonlyArray<number> => [
  ...hex("ff e1 00 22"),
  ...letters("Exif\0\0MM\0*"),
  ...hex("00 00 00 08 00 01 01 12 00 03 00 00 00 01"),
  ...twoBytes(orientation),
  ...hex("00 00 00 00 00 00")
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
    ...hex("ff d8"),
    ...(about.orientation === undefined ? jfif : exif(about.orientation)),
    ...records,
    ...hex("ff c0 00 11 08"),
    ...twoBytes(height),
    ...twoBytes(width),
    ...hex("03 01 22 00 02 11 01 03 11 01 ff d9")
  ])
}

const littleEndian = (value: number, bytes: number): ReadonlyArray<number> =>
  Array.from({ length: bytes }, (_, index) => (value >> (8 * index)) & 255)

export const gif = (width: number, height: number): Uint8Array =>
  Uint8Array.from([...letters("GIF89a"), ...littleEndian(width, 2), ...littleEndian(height, 2), ...hex("00 00 00 3b")])

export const webp = (width: number, height: number): Uint8Array =>
  Uint8Array.from([
    ...letters("RIFF"),
    ...littleEndian(30, 4),
    ...letters("WEBPVP8X"),
    ...littleEndian(10, 4),
    ...littleEndian(0, 4),
    ...littleEndian(width - 1, 3),
    ...littleEndian(height - 1, 3),
    ...letters("VP8 ")
  ])

/** Bare base64 of a file that begins with `head` and has `megabytes` in all. */
export const base64 = (head: Uint8Array, megabytes = 0): string => {
  const whole = new Uint8Array(Math.ceil(head.length / 3) * 3)
  whole.set(head)
  return Base64.encode(whole).padEnd(Math.floor((megabytes * 1_000_000) / 3) * 4, "A")
}
