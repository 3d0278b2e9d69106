import { Base64, Base64Url } from "effect/encoding"

const redacted = "[secret]"

/** Public prefixes of keys, such as `api-key-kling-`: they reveal nothing and occur in other texts too. */
const publicPrefix = /^([a-z]+[-_])*/i
const minRevealing = 8

/**
 * Removes the secrets that this program sent from a response: a server, or a gateway in front of it, may echo them.
 * Finds them verbatim, truncated, percent-encoded, and inside base64.
 */
export const redactSecrets = (text: string, secrets: ReadonlyArray<string>): string =>
  secrets
    .flatMap(formsOf)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, form) => (rest.includes(form) ? rest.replaceAll(form, redacted) : rest), text)

const formsOf = (secret: string): ReadonlyArray<string> => {
  const truncated = secret.slice(0, (publicPrefix.exec(secret)?.[0].length ?? 0) + minRevealing)
  return [
    secret,
    secret.replaceAll("/", String.raw`\/`),
    encodeURIComponent(secret),
    truncated,
    ...insideBase64(secret)
  ].filter((form) => form.length >= minRevealing)
}

/** Base64 of a longer text contains one of three encodings of the secret, depending on its byte offset. */
const insideBase64 = (secret: string): ReadonlyArray<string> =>
  [0, 1, 2].flatMap((shift) => {
    const bytes = new TextEncoder().encode(" ".repeat(shift) + secret)
    const whole = Math.floor((bytes.length * 8) / 6)
    return [Base64, Base64Url].map(({ encode }) => encode(bytes).slice(Math.ceil((shift * 8) / 6), whole))
  })
