import { sanitizeText } from "@klingkit/core/internal"
import { Result } from "effect"

/** The encodings that are offered; any other label of the Encoding Standard is taken too. */
const common = ["utf-8", "windows-1252", "utf-16le", "gb18030", "shift_jis"]

/** Text from the bytes of a file: as its byte order mark says, else as the user says, else UTF-8. Or why not. */
export const decodeText = (bytes: Uint8Array, encoding?: string): Result.Result<string, string> => {
  if (encoding !== undefined && !isEncoding(encoding)) {
    return Result.fail(`${JSON.stringify(encoding)} is not a known encoding; try ${common.join(", ")}`)
  }
  const marked = markedEncoding(bytes)
  if (marked === undefined && encoding === undefined && bytes.includes(0)) {
    return Result.fail("holds zero bytes: it may be UTF-16; save it as UTF-8, or read it with --encoding utf-16le")
  }
  const name = marked ?? encoding ?? "utf-8"
  const text = strictly(bytes, name)
  return text === undefined ? Result.fail(describeInvalid(bytes, name)) : Result.succeed(text)
}

const isEncoding = (label: string): boolean => {
  try {
    return new TextDecoder(label).encoding !== ""
  } catch {
    return false
  }
}

const markedEncoding = ([first, second, third]: Uint8Array): string | undefined => {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8"
  if (first === 0xff && second === 0xfe) return "utf-16le"
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined
}

/** Undefined if a byte has no meaning in the encoding: it would become a replacement character. */
const strictly = (bytes: Uint8Array, encoding: string): string | undefined => {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const describeInvalid = (bytes: Uint8Array, encoding: string): string => {
  if (encoding !== "utf-8") return `is not valid ${encoding}`
  const lines = invalidLines(bytes)
  const [first] = lines
  if (first === undefined) return "is not valid UTF-8"
  const more = lines.length === 1 ? "" : ` and ${lines.length - 1} more`
  const guess = strictly(first.bytes, "windows-1252")?.trim()
  const sample = guess === undefined ? "" : ` (as Windows-1252, also called Latin-1: ${sanitizeText(guess, 60)})`
  return `is not UTF-8 at line ${first.number}${more}${sample}; save it as UTF-8, or read it with --encoding windows-1252`
}

const invalidLines = (bytes: Uint8Array): ReadonlyArray<{ readonly number: number; readonly bytes: Uint8Array }> => {
  const invalid: Array<{ readonly number: number; readonly bytes: Uint8Array }> = []
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const next = bytes.indexOf(0x0a, start)
    const end = next === -1 ? bytes.length : next
    const line = bytes.subarray(start, end)
    if (strictly(line, "utf-8") === undefined) invalid.push({ number, bytes: line })
    start = end + 1
  }
  return invalid
}
