import { maxBatchMessages, maxDepth, maxElements, maxNameLength } from "./limits.ts"

/** What is known of a message before it is parsed, and of one that never is. */
export interface ScannedJson {
  readonly bytes: number
  readonly isBlank: boolean
  readonly isBatch: boolean
  /** It has more fields, list entries, levels or messages than are read. */
  readonly isTooComplex: boolean
  /** One for each message; a batch has several. */
  readonly messages: ReadonlyArray<ScannedMessage>
}

export interface ScannedMessage {
  /** The JSON text of its id, if it has one that an answer can repeat. */
  readonly id: string | undefined
  /** It answers a request of ours, so it gets no answer. */
  readonly isResponse: boolean
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const openBracket = 0x5b
const closeBrace = 0x7d
const closeBracket = 0x5d

/** Bytes that belong to no value: white space and a byte order mark. */
const isBlankByte = (byte: number): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0xef || byte === 0xbb || byte === 0xbf

/**
 * Reads JSON-RPC as its bytes arrive, without keeping them: counts what it is made of and finds the ids of its messages, so
 * that one that is too large, too complex or broken can be answered. Strings are skipped, never decoded.
 */
export class JsonScanner {
  #bytes = 0
  #elements = 0
  #depth = 0
  #deepest = 0
  #isBlank = true
  #isBatch = false
  #inString = false
  #isEscaped = false
  /** The level of a message's own fields: 1, or 2 in a batch. */
  #fieldDepth = 1
  #inFields = false
  #expectsKey = false
  #captured: Array<number> | undefined
  #key = ""
  #id: string | undefined
  #isResponse = false
  readonly #messages: Array<ScannedMessage> = []

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length
    if (this.#hasTooMany()) return
    for (let index = 0; index < chunk.length; index += 1) {
      if (this.#inString) index = this.#skipString(chunk, index)
      else this.#read(chunk[index] ?? 0)
    }
  }

  end(): ScannedJson {
    if (this.#inFields) this.#endMessage()
    return {
      bytes: this.#bytes,
      isBlank: this.#isBlank,
      isBatch: this.#isBatch,
      isTooComplex: this.#elements > maxElements || this.#deepest > maxDepth || this.#hasTooMany(),
      messages: this.#messages
    }
  }

  /** Whatever follows, the batch is refused, and these ids suffice for its answer. */
  #hasTooMany(): boolean {
    return this.#messages.length > maxBatchMessages
  }

  /** The index of the string's closing quote, or of the chunk's end. */
  #skipString(chunk: Uint8Array, from: number): number {
    let start = from + (this.#isEscaped ? 1 : 0)
    for (let end = chunk.indexOf(quote, start); end !== -1; end = chunk.indexOf(quote, start)) {
      if (!endsEscaped(chunk, start, end)) {
        this.#isEscaped = false
        this.#capture(chunk, from, end + 1)
        this.#inString = false
        this.#endString()
        return end
      }
      start = end + 1
    }
    this.#isEscaped = endsEscaped(chunk, start, chunk.length)
    this.#capture(chunk, from, chunk.length)
    return chunk.length
  }

  #read(byte: number): void {
    if (this.#isBlank && !isBlankByte(byte)) this.#isBlank = false
    switch (byte) {
      case quote:
        this.#inString = true
        if (this.#inFields && this.#depth === this.#fieldDepth && (this.#expectsKey || this.#key === "id")) {
          this.#captured = [quote]
        }
        break
      case openBrace:
      case openBracket:
        this.#open(byte === openBrace)
        break
      case closeBrace:
      case closeBracket:
        this.#endValue()
        if (this.#inFields && this.#depth === this.#fieldDepth) this.#endMessage()
        this.#depth -= 1
        break
      case comma:
        this.#elements += 1
        this.#endValue()
        if (this.#depth === this.#fieldDepth) this.#expectsKey = true
        break
      case colon:
        if (this.#depth === this.#fieldDepth) this.#expectsKey = false
        break
      default:
        if (this.#awaitsId() && !isBlankByte(byte)) this.#captureByte(byte)
    }
  }

  #open(isObject: boolean): void {
    this.#elements += 1
    this.#depth += 1
    this.#deepest = Math.max(this.#deepest, this.#depth)
    if (this.#depth === 1 && this.#messages.length === 0) {
      this.#isBatch = !isObject
      this.#fieldDepth = isObject ? 1 : 2
    }
    if (this.#depth === this.#fieldDepth && isObject) {
      this.#inFields = true
      this.#expectsKey = true
    }
  }

  #awaitsId(): boolean {
    return this.#inFields && this.#depth === this.#fieldDepth && !this.#expectsKey && this.#key === "id"
  }

  #captureByte(byte: number): void {
    this.#captured ??= []
    if (this.#captured.length <= maxNameLength) this.#captured.push(byte)
  }

  /** Bytes of a string that is a key or an id; of any other nothing is kept. */
  #capture(chunk: Uint8Array, from: number, to: number): void {
    if (this.#captured === undefined) return
    for (const byte of chunk.subarray(from, Math.min(to, from + maxNameLength))) this.#captureByte(byte)
  }

  /** A key of the message's own fields has ended, or its id. */
  #endString(): void {
    if (this.#captured === undefined || !this.#expectsKey) return
    this.#key = textOf(this.#captured).slice(1, -1)
    if (this.#key === "result" || this.#key === "error") this.#isResponse = true
    this.#captured = undefined
  }

  #endValue(): void {
    if (this.#awaitsId() && this.#captured !== undefined) this.#id = idOf(this.#captured)
    if (this.#depth === this.#fieldDepth) this.#captured = undefined
  }

  #endMessage(): void {
    this.#endValue()
    if (!this.#hasTooMany()) this.#messages.push({ id: this.#id, isResponse: this.#isResponse })
    this.#inFields = false
    this.#key = ""
    this.#id = undefined
    this.#isResponse = false
  }
}

/** An odd number of backslashes before `end`: the byte there belongs to the string. */
const endsEscaped = (chunk: Uint8Array, start: number, end: number): boolean => {
  let first = end
  while (first > start && chunk[first - 1] === backslash) first -= 1
  return (end - first) % 2 === 1
}

const decoder = new TextDecoder()

const textOf = (bytes: ReadonlyArray<number>): string => decoder.decode(Uint8Array.from(bytes))

/** A string or a number in JSON; undefined for anything else, and for one that is too long. */
const idOf = (bytes: ReadonlyArray<number>): string | undefined => {
  if (bytes.length > maxNameLength) return undefined
  const text = textOf(bytes)
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "string" || typeof value === "number" ? text : undefined
  } catch {
    return undefined
  }
}
