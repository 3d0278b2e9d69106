// Device names on Windows, with any extension.
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** Systems allow 255 bytes; the suffixes of partial files and sidecars need some of them. */
const maxBytes = 200

/** A name that is safe on every system: no separators, control characters or device names, not hidden, at most 200 bytes. */
export const safeFileName = (name: string): string => {
  const plain = name
    .normalize("NFC")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}<>:"/\\|?*\u2044\u2215\u29f8]+/gu, "-")
    .replaceAll(/\s+/g, " ")
    .replace(/^[.\s~-]+/, "")
  const short = truncate(plain, maxBytes - 1).replace(/[.\s]+$/, "")
  return short === "" ? "result" : reserved.test(short) ? `_${short}` : short
}

const encoder = new TextEncoder()

/** The longest prefix of whole characters that fits into this many bytes. */
const truncate = (text: string, bytes: number): string => {
  const { read } = encoder.encodeInto(text, new Uint8Array(bytes))
  return text.slice(0, read)
}
