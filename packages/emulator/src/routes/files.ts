import { resultRetentionDays, resultRetentionMillis } from "@klingkit/core/internal"
import { Effect } from "effect"
import { expiredLink } from "../faults/distort-results.ts"
import type { MediaRequest, RenderedMedia } from "../media/media-request.ts"
import type { WorldState } from "../world/world-state.ts"
import type { KlingRequest } from "./request.ts"

/** Renders a result file. The same request always gives the same bytes. */
export type RenderMedia = (request: MediaRequest) => Effect.Effect<RenderedMedia>

export interface FileAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** A result file, rendered at its first download; with ETag and byte ranges. Links expire with the task's results. */
export const answerFile = Effect.fnUntraced(function* (
  world: WorldState,
  render: RenderMedia,
  request: KlingRequest,
  now: number
): Effect.fn.Return<FileAnswer> {
  const stored = world.tasks.file(request.path)
  if (stored === undefined || stored.task.endsAt > now || stored.task.failure !== undefined) {
    return plain(404, "File not found.\n")
  }
  if (request.query.has(expiredLink)) return plain(403, "The link has expired.\n")
  if (stored.task.endsAt + resultRetentionMillis <= now)
    return plain(403, `The link has expired: files are deleted after ${resultRetentionDays} days.\n`)
  const etag = `"${world.seed}-${request.path.slice("/files/".length).replaceAll("/", "-")}"`
  const commonHeaders = { etag, "accept-ranges": "bytes", "last-modified": new Date(stored.task.endsAt).toUTCString() }
  if (request.headers["if-none-match"] === etag) return { status: 304, headers: commonHeaders, body: "" }
  const { bytes, contentType } = yield* render(stored.file.media)
  const headers = { ...commonHeaders, "content-type": contentType }
  const range = rangeOf(request, etag, bytes.length)
  if (range === undefined) return { status: 200, headers, body: bytes }
  if (range === "outside")
    return { status: 416, headers: { ...headers, "content-range": `bytes */${bytes.length}` }, body: "" }
  return {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${range.first}-${range.last}/${bytes.length}` },
    body: bytes.subarray(range.first, range.last + 1)
  }
})

interface ByteRange {
  readonly first: number
  readonly last: number
}

/** At most one range; several ranges, or one for another version of the file, return the whole file (RFC 9110, 14.2). */
const rangeOf = (request: KlingRequest, etag: string, length: number): ByteRange | "outside" | undefined => {
  const condition = request.headers["if-range"]
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers["range"] ?? "")
  if (match === null || (condition !== undefined && condition !== etag)) return undefined
  const [, from = "", to = ""] = match
  if (from === "" && to === "") return undefined
  const first = from === "" ? Math.max(0, length - Number(to)) : Number(from)
  const last = from === "" || to === "" ? length - 1 : Math.min(Number(to), length - 1)
  return first > last || first >= length ? "outside" : { first, last }
}

const plain = (status: number, body: string): FileAnswer => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body
})
