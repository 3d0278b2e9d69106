import { Effect } from "effect"
import type { RenderMedia } from "../routes/files.ts"

const contentTypes = { video: "video/mp4", image: "image/png", audio: "audio/mpeg" } as const

/** Files for worlds without a renderer: the media request as text, repeated until long enough to truncate. */
export const placeholderMedia: RenderMedia = (request) => {
  const line = `${JSON.stringify(request)}\n`
  const bytes = new TextEncoder().encode(line.repeat(Math.ceil(4096 / line.length)))
  const contentType = request.kind === "audio" && request.format === "wav" ? "audio/wav" : contentTypes[request.kind]
  return Effect.succeed({ bytes, contentType })
}
