import { sanitizeText } from "../errors/sanitize-text.ts"
import { isId, maxTimeMillis, readNumber } from "./fields.ts"
import type { Charge, IgnoredField } from "./task.ts"

type Given<A> = A | null | undefined

/** A link that can be shown and fetched as it is. */
const plainLink = /^https?:\/\/[!-~]+$/i
const maxLinkLength = 8192
const daySeconds = 86_400
/** In units or in a currency: more than any account has ever held, and small enough to be added up exactly. */
const maxAmount = 1e8

/** An id that can be shown and looked up; nothing for any other. */
const readId = (value: Given<string | number>): string | undefined =>
  value !== undefined && value !== null && isId(value) ? String(value) : undefined

/** Milliseconds since 1970. */
const readTime = (value: Given<string | number>): number | undefined => within(readNumber(value), maxTimeMillis)
const readSeconds = (value: Given<string | number>): number | undefined => within(readNumber(value), daySeconds)

/** What was charged: never negative, which would give back what limits have counted. */
const readAmount = (value: Given<string | number>): number | undefined => within(readNumber(value), maxAmount)

/** An http or https link without blanks, line breaks or text that reads backwards. */
const readLink = (value: Given<string>): string | undefined => {
  if (value === undefined || value === null || value.length > maxLinkLength || !URL.canParse(value)) return undefined
  const { protocol, href } = new URL(value)
  if (protocol !== "https:" && protocol !== "http:") return undefined
  return plainLink.test(value) ? value : href
}

/** Kling's messages and descriptions are a sentence or two. */
export const maxMessageLength = 1000

/** A name or a message on one line; nothing for an empty one. */
export const readText = (value: Given<string | number>, maxLength: number): string | undefined =>
  value === undefined || value === null ? undefined : sanitizeText(String(value), maxLength) || undefined

/** The lines of a bill; none unless each could be read, for a part of a bill looks like a smaller one. */
export const readBill = (lines: ReadonlyArray<Charge | undefined>): ReadonlyArray<Charge> =>
  lines.some((line) => line === undefined) ? [] : lines.filter((line) => line !== undefined)

/** Reads fields whose values cannot be taken on trust, and remembers those that were left out. */
export class ForeignFields {
  readonly #ignored: Array<IgnoredField> = []

  get ignored(): ReadonlyArray<IgnoredField> | undefined {
    return this.#ignored.length === 0 ? undefined : this.#ignored
  }

  id = (field: string, value: Given<string | number>): string | undefined =>
    this.#noting({ field, expected: "id" }, value, readId(value))

  link = (field: string, value: Given<string>): string | undefined =>
    this.#noting({ field, expected: "link" }, value, readLink(value))

  time = (field: string, value: Given<string | number>): number | undefined =>
    this.#noting({ field, expected: "time" }, value, readTime(value))

  seconds = (field: string, value: Given<string | number>): number | undefined =>
    this.#noting({ field, expected: "duration" }, value, readSeconds(value))

  amount = (field: string, value: Given<string | number>): number | undefined =>
    this.#noting({ field, expected: "amount" }, value, readAmount(value))

  #noting<A>(noted: IgnoredField, value: unknown, read: A | undefined): A | undefined {
    const isEmpty = value === undefined || value === null || value === ""
    const isNew = this.#ignored.every(({ field }) => field !== noted.field)
    if (read === undefined && !isEmpty && isNew) this.#ignored.push(noted)
    return read
  }
}

const within = (value: number | undefined, max: number): number | undefined =>
  value !== undefined && value >= 0 && value <= max ? value : undefined
