// Names that Windows keeps for devices, whatever their extension.
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** A name that is safe on every system: no separators, no control characters, no device, not hidden, at most 120 characters. */
export const safeFileName = (name: string): string => {
  const plain = name
    .normalize("NFC")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}<>:"/\\|?*\u2044\u2215\u29f8]+/gu, "-")
    .replaceAll(/\s+/g, " ")
    .replace(/^[.\s~-]+/, "")
    .replace(/[.\s]+$/, "")
  const short = [...plain].slice(0, 120).join("").trimEnd()
  return short === "" ? "result" : reserved.test(short) ? `_${short}` : short
}

/** `kk-t2v-....mp4`, and with several results of one task `kk-img-...-2.png`. */
export const resultFileName = (handle: string, index: number, count: number, extension: string): string =>
  safeFileName(`${handle}${count > 1 ? `-${index + 1}` : ""}.${extension}`)
