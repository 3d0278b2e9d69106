import { maxLineBytes } from "./limits.ts"
import { JsonScanner, type ScannedJson } from "./scan-json.ts"

/** One message or batch as it arrived. */
export interface Frame {
  readonly scanned: ScannedJson
  /** Absent when it was too large to keep. */
  readonly chunks: ReadonlyArray<Uint8Array> | undefined
}

const newline = 0x0a

/** Collects the bytes of one message up to a limit; beyond it they are only scanned. */
export class FrameCollector {
  readonly #maxBytes: number
  #scanner = new JsonScanner()
  #bytes = 0
  #chunks: Array<Uint8Array> | undefined = []

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length
    this.#scanner.push(chunk)
    if (this.#bytes > this.#maxBytes) this.#chunks = undefined
    else this.#chunks?.push(chunk)
  }

  /** The message so far; the next bytes are another's. */
  end(): Frame {
    const frame = { scanned: this.#scanner.end(), chunks: this.#chunks }
    this.#scanner = new JsonScanner()
    this.#bytes = 0
    this.#chunks = []
    return frame
  }
}

/** Splits a stream into lines. A line over the limit takes no memory, and the lines after it are read as ever. */
export class LineReader {
  readonly #line: FrameCollector

  constructor(maxBytes: number = maxLineBytes) {
    this.#line = new FrameCollector(maxBytes)
  }

  /** The lines that end in these bytes. */
  push(bytes: Uint8Array): ReadonlyArray<Frame> {
    const lines: Array<Frame> = []
    let rest = bytes
    for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline)) {
      this.#line.push(rest.subarray(0, end))
      lines.push(this.#line.end())
      rest = rest.subarray(end + 1)
    }
    if (rest.length > 0) this.#line.push(rest)
    return lines
  }

  /** What came after the last line. */
  end(): Frame {
    return this.#line.end()
  }
}
