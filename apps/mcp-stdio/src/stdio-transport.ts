import {
  type Inbound,
  LineReader,
  maxLineBytes,
  noId,
  readMessages,
  type Refusal,
  refusalJson,
  serverError
} from "@klingkit/mcp"
import type { JSONRPCMessage, RequestId, Transport } from "@modelcontextprotocol/server"
import type { Readable, Writable } from "node:stream"

/**
 * MCP over stdin and stdout, in place of the SDK's own transport, which ends without a word at a line over its limit, drops
 * messages that it cannot read, and answers nothing once stdin has ended. Here each request with an id is answered, and what
 * is dropped is reported.
 */
export class StdioTransport implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  readonly #stdin: Readable
  readonly #stdout: Writable
  readonly #report: (line: string) => void
  readonly #lines = new LineReader()
  /** Requests that have not been answered yet. */
  readonly #pending = new Set<RequestId>()
  #isClosed = false
  #allAnswered: () => void = () => {}

  constructor(stdin: Readable, stdout: Writable, report: (line: string) => void) {
    this.#stdin = stdin
    this.#stdout = stdout
    this.#report = report
  }

  start(): Promise<void> {
    this.#stdin.on("data", (chunk: Uint8Array) => {
      for (const line of this.#lines.push(chunk)) this.#receive(readMessages(line, maxLineBytes))
    })
    // A last line may lack its end.
    this.#stdin.once("end", () => this.#receive(readMessages(this.#lines.end(), maxLineBytes)))
    return Promise.resolve()
  }

  send(message: JSONRPCMessage): Promise<void> {
    if (!("method" in message) && message.id !== undefined) this.#settle(message.id)
    return this.#write(JSON.stringify(message))
  }

  /** Waits until every request has been answered, answers those that take longer with an error, and closes. */
  async finish(timeoutMillis: number): Promise<void> {
    if (this.#pending.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMillis)
        this.#allAnswered = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    const message = "The server ends, because its client has disconnected. Tasks that were started keep running."
    for (const id of this.#pending) this.#refuse({ id: JSON.stringify(id), code: serverError, message })
    this.#pending.clear()
    await this.close()
  }

  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true
      this.onclose?.()
    }
    return Promise.resolve()
  }

  #receive({ messages, refusals, reports }: Inbound): void {
    for (const line of reports) this.#report(line)
    // Clients take an answer without an id for a broken one.
    for (const refusal of refusals) if (refusal.id !== noId) this.#refuse(refusal)
    for (const message of messages) {
      if ("method" in message && "id" in message) this.#pending.add(message.id)
      // The SDK answers no request that its client has cancelled.
      else if ("method" in message && message.method === "notifications/cancelled") {
        this.#settle(message.params?.["requestId"] as RequestId)
      }
      this.onmessage?.(message)
    }
  }

  #settle(id: RequestId): void {
    this.#pending.delete(id)
    if (this.#pending.size === 0) this.#allAnswered()
  }

  #refuse(refusal: Refusal): void {
    this.#write(refusalJson(refusal)).catch((error: Error) => this.onerror?.(error))
  }

  #write(json: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stdout.write(`${json}\n`, (error) => (error ? reject(error) : resolve()))
    })
  }
}
