import { Base64, Base64Url, Hex } from "effect/encoding"

const redacted = "[secret]"

/** Public prefixes of keys, such as `api-key-kling-`: they reveal nothing and occur in other texts too. */
const publicPrefix = /^([a-z]+[-_])*/i
/** A shorter piece of a secret is no use to anyone, and occurs in other texts by chance. */
const minRevealing = 8
/** A longer secret is looked for in pieces: an expression over thousands of characters takes more memory than there is. */
const longestPiece = 64

export type Redact = (text: string) => string

/**
 * Removes the secrets that this program sent from decoded text: a server, or a gateway in front of it, may echo them.
 * Finds them whole, cut at either end, in other case, with characters escaped or percent-encoded, and inside base64 or hex.
 */
export const redactor = (whole: ReadonlyArray<string>): Redact => {
  const secrets = whole.flatMap(piecesOf)
  const spelled = secrets.filter(({ length }) => length >= minRevealing).map(spellingsOf)
  const encoded = secrets.flatMap(encodedForms).toSorted((a, b) => b.length - a.length)
  return (text) => {
    if (text.length < minRevealing) return text
    const plain = spelled.reduce(
      (rest, { isHere, whole, tail }) =>
        isHere(rest) ? rest.replaceAll(whole, redacted).replaceAll(tail, redacted) : rest,
      text
    )
    const clean = encoded.reduce((rest, form) => (rest.includes(form) ? rest.replaceAll(form, redacted) : rest), plain)
    return clean.replaceAll(adjacent, redacted)
  }
}

const adjacent = /(?:\[secret\]){2,}/g

/** Of about the same length, so that none is too short to be looked for. */
const piecesOf = (secret: string): ReadonlyArray<string> => {
  const characters = Array.from(secret)
  const length = Math.ceil(characters.length / Math.ceil(characters.length / longestPiece))
  return characters.length <= longestPiece
    ? [secret]
    : Array.from({ length: Math.ceil(characters.length / length) }, (_, index) =>
        characters.slice(index * length, (index + 1) * length).join("")
      )
}

interface Spellings {
  /** Whether its first or last characters are in a text: quick for one without escapes, which most are. */
  readonly isHere: (text: string) => boolean
  /** The secret, or as much of its beginning as there is. */
  readonly whole: RegExp
  /** As much of its end as there is. */
  readonly tail: RegExp
}

const spellingsOf = (secret: string): Spellings => {
  const characters = Array.from(secret).map(anySpelling)
  const prefix = publicPrefix.exec(secret)?.[0].length ?? 0
  const start = characters.length - prefix < minRevealing ? 0 : prefix
  const head = characters.slice(start, start + minRevealing).join("")
  const rest = characters.slice(start + minRevealing)
  const end = characters.slice(-minRevealing).join("")
  const beforeEnd = characters.slice(0, -minRevealing)
  const [before, after] = [beforeEnd.reduce((all, one) => `(?:${all}${one})?`, ""), rest.reduceRight(optional, "")]
  const whole = `(?:${characters.slice(0, start).join("")})?${head}${after}`
  const inAnySpelling = new RegExp(`${head}|${end}`, "i")
  const [plainHead, plainEnd] = [secret.slice(start, start + minRevealing), secret.slice(-minRevealing)].map((piece) =>
    piece.toLowerCase()
  ) as [string, string]
  const isPlain = (lower: string) => lower.includes(plainHead) || lower.includes(plainEnd)
  return {
    isHere: (text) => (escapeSign.test(text) ? inAnySpelling.test(text) : isPlain(text.toLowerCase())),
    whole: new RegExp(whole, "gi"),
    tail: new RegExp(before + end, "gi")
  }
}

const escapeSign = /[%\\&]/

const optional = (following: string, character: string): string => `(?:${character}${following})?`

/** One character: as it is, behind backslashes, percent-encoded (once or more), or as an escape of JSON, JavaScript or HTML. */
const anySpelling = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16).padStart(2, "0")
  const literal = character.replaceAll(/[^\w]/g, String.raw`\$&`)
  // Bounded: a text of nothing but backslashes must not be searched from each of them to its end.
  const escaped = String.raw`\\{0,4}(?:${literal}|u00${hex}|u\{0*${hex}\}|x${hex})`
  return `(?:${escaped}|%(?:25)*${hex}|&#x0*${hex};|&#0*${code};)`
}

/** The secret, its beginning and its end in base64 and hex. */
const encodedForms = (secret: string): ReadonlyArray<string> => {
  const prefix = publicPrefix.exec(secret)?.[0].length ?? 0
  return [secret, secret.slice(prefix, prefix + minRevealing), secret.slice(-minRevealing)]
    .filter(({ length }) => length >= minRevealing)
    .flatMap((piece) => [...insideBase64(piece), Hex.encode(piece), Hex.encode(piece).toUpperCase()])
}

/** Base64 of a longer text contains one of three encodings of the secret, depending on its byte offset. */
const insideBase64 = (secret: string): ReadonlyArray<string> =>
  [0, 1, 2].flatMap((shift) => {
    const bytes = new TextEncoder().encode(" ".repeat(shift) + secret)
    const whole = Math.floor((bytes.length * 8) / 6)
    return [Base64, Base64Url].map(({ encode }) => encode(bytes).slice(Math.ceil((shift * 8) / 6), whole))
  })
