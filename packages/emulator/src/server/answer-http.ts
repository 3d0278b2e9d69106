import { Cause, Effect } from "effect"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { KlingAnswer, KlingRequest } from "../routes/request.ts"
import type { KlingWorld } from "../world/kling-world.ts"
import { deliver } from "./deliver.ts"

// The largest image that Kling accepts, in base64, with space for a second one.
const bodyLimitBytes = 80 * 2 ** 20

/** Reads one request from its socket, passes it to the world, and delivers the response, whole or broken. */
export const answerHttp = Effect.fnUntraced(function* (
  world: KlingWorld,
  incoming: IncomingMessage,
  response: ServerResponse
) {
  if (!isLocal(incoming.headers.host)) return yield* deliver(response, foreignHost, false)
  const body = yield* readBody(incoming)
  if (body === undefined) return yield* deliver(response, tooLarge, false)
  const answer = yield* world.answer(asRequest(incoming, body)).pipe(Effect.catchCause(internalError))
  yield* deliver(response, answer, incoming.method === "HEAD")
})

/** An error of the emulator itself, such as a size that cannot be rendered: reported, not hidden. */
const internalError = (cause: Cause.Cause<never>): Effect.Effect<KlingAnswer> =>
  Cause.hasInterruptsOnly(cause)
    ? Effect.interrupt
    : Effect.succeed(plain(500, `The emulator failed: ${String(Cause.squash(cause))}\n`))

const asRequest = (incoming: IncomingMessage, body: string): KlingRequest => {
  const target = incoming.url ?? "/"
  const mark = target.indexOf("?")
  return {
    // A HEAD is a GET whose body is not sent.
    method: incoming.method === "HEAD" ? "GET" : (incoming.method ?? "GET"),
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : target.slice(mark)),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value])
    ),
    body
  }
}

/** The body as text; nothing when it exceeds the limit. Interrupted when the client disconnects. */
const readBody = (incoming: IncomingMessage): Effect.Effect<string | undefined> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let size = 0
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size <= bodyLimitBytes) chunks.push(chunk)
      else resume(Effect.undefined)
    })
    incoming.on("end", () => resume(Effect.succeed(Buffer.concat(chunks).toString("utf8"))))
    // Has no effect after `end`.
    incoming.on("close", () => resume(Effect.interrupt))
    incoming.on("error", () => resume(Effect.interrupt))
  })

/** Guards against DNS rebinding: a web page must not read the ledger or spend the packs. */
const isLocal = (host: string | undefined): boolean =>
  host === undefined || /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host)

const plain = (status: number, body: string): KlingAnswer => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8", connection: "close" },
  body,
  delivery: { how: "whole" }
})

const foreignHost = plain(403, "The emulator accepts requests to localhost only.\n")
const tooLarge = plain(413, `The body is larger than ${bodyLimitBytes / 2 ** 20} MB.\n`)
