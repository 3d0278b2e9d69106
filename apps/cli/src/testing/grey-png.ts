/** A grey PNG of the given size, 600 bytes long and whole. Its pixels are not valid. */
export const greyPng = (width: number, height: number): Uint8Array => {
  const bytes = new Uint8Array(600)
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
  const view = new DataView(bytes.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  bytes.set([8, 0, 0, 0, 0], 24)
  view.setUint32(33, 600 - 33 - 12 - 12)
  bytes.set([0x49, 0x44, 0x41, 0x54], 37)
  bytes.set([0x49, 0x45, 0x4e, 0x44], 592)
  return bytes
}
