import { Base64, Base64Url } from "effect/encoding"

const place = "[secret]"

/** Words that keys begin with, such as `api-key-kling-`: they give nothing away, and stand in other texts too. */
const openPrefix = /^([a-z]+[-_])*/i
const telling = 8

/**
 * A text from outside without the secrets that this program sent there: a server, or a gateway before it, may say back
 * what it was asked with. Found as they are, cut short, percent-encoded, and inside of base64.
 */
export const withoutSecrets = (text: string, secrets: ReadonlyArray<string>): string =>
  secrets
    .flatMap(formsOf)
    .toSorted((one, other) => other.length - one.length)
    .reduce((rest, form) => (rest.includes(form) ? rest.replaceAll(form, place) : rest), text)

const formsOf = (secret: string): ReadonlyArray<string> => {
  const beginning = secret.slice(0, (openPrefix.exec(secret)?.[0].length ?? 0) + telling)
  return [
    secret,
    secret.replaceAll("/", String.raw`\/`),
    encodeURIComponent(secret),
    beginning,
    ...insideBase64(secret)
  ].filter((form) => form.length >= telling)
}

/** Base64 of a longer text holds one of three spellings of what is in it, by where it begins. */
const insideBase64 = (secret: string): ReadonlyArray<string> =>
  [0, 1, 2].flatMap((shift) => {
    const bytes = new TextEncoder().encode(" ".repeat(shift) + secret)
    const whole = Math.floor((bytes.length * 8) / 6)
    return [Base64, Base64Url].map(({ encode }) => encode(bytes).slice(Math.ceil((shift * 8) / 6), whole))
  })
