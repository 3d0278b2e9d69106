// Names that Windows keeps for devices, whatever their extension.
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** Systems take names of 255 bytes; the endings of a part and of a sidecar need some of them. */
const maxBytes = 200

/** A name that is safe on every system: no separators, no control characters, no device, not hidden, at most 200 bytes. */
export const safeFileName = (name: string): string => {
  const plain = name
    .normalize("NFC")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}<>:"/\\|?*\u2044\u2215\u29f8]+/gu, "-")
    .replaceAll(/\s+/g, " ")
    .replace(/^[.\s~-]+/, "")
  const short = cut(plain, maxBytes - 1).replace(/[.\s]+$/, "")
  return short === "" ? "result" : reserved.test(short) ? `_${short}` : short
}

const encoder = new TextEncoder()

/** The first whole characters that fit into so many bytes. */
const cut = (text: string, bytes: number): string => {
  const { read } = encoder.encodeInto(text, new Uint8Array(bytes))
  return text.slice(0, read)
}
