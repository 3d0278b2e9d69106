import { crc32, deflateSync } from "node:zlib"

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const bytes = Buffer.alloc(body.length + 8)
  bytes.writeUInt32BE(data.length)
  body.copy(bytes, 4)
  bytes.writeUInt32BE(crc32(body), body.length + 4)
  return bytes
}

/** A whole PNG of 300x300 pixels in one shade, which is different for each number. */
export const shadedImage = (shade: number): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(300, 0)
  header.writeUInt32BE(300, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const rows = Buffer.alloc(300 * 301, shade)
  for (let row = 0; row < 300; row++) rows[row * 301] = 0
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0))
  ])
}
