// The thread that renders media, one request at a time, so that the HTTP server never blocks on a frame.
import { parentPort } from "node:worker_threads"
import type { MediaRequest, RenderedMedia } from "../media/media-request.ts"
import { renderMedia } from "../media/render-media.ts"
import { fontFiles } from "./font-files.ts"

export interface MediaJob {
  readonly id: number
  readonly request: MediaRequest
}

export type MediaAnswer =
  | { readonly id: number; readonly media: RenderedMedia }
  | { readonly id: number; readonly error: unknown }

const fonts = fontFiles()
let queue: Promise<void> = Promise.resolve()

const work = async ({ id, request }: MediaJob): Promise<void> => {
  try {
    const media = await renderMedia(request, fonts)
    parentPort?.postMessage({ id, media } satisfies MediaAnswer, [media.bytes.buffer])
  } catch (error) {
    parentPort?.postMessage({ id, error } satisfies MediaAnswer)
  }
}

parentPort?.on("message", (job: MediaJob) => {
  queue = queue.then(() => work(job))
})
