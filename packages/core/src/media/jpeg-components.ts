const isStartOfFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/** How many colour components a JPEG has (ITU-T T.81, B.2.2): 4 are CMYK. Undefined where its header is not found. */
export const jpegComponents = (head: Uint8Array): number | undefined => {
  for (let at = 2; head[at] === 0xff;) {
    const marker = head[at + 1] ?? 0
    if (isStartOfFrame(marker)) return head[at + 9]
    // A marker may be preceded by any number of fill bytes.
    at += marker === 0xff ? 1 : 2 + (head[at + 2] ?? 0) * 256 + (head[at + 3] ?? 0)
  }
  return undefined
}
