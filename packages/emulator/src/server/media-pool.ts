// Renders media off the main thread and remembers the latest results.
import { Worker } from "node:worker_threads"
import type { MediaRequest, RenderedMedia } from "../media/media-request.ts"
import type { MediaAnswer, MediaJob } from "./media-worker.ts"

export interface MediaPool {
  /** Renders, or hands out the same bytes as before: do not change them. Rejects with a RangeError for a bad request. */
  readonly render: (request: MediaRequest) => Promise<RenderedMedia>
  /** Stops the thread; what is still being rendered is rejected. Later calls of `render` are rejected too. */
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly resolve: (media: RenderedMedia) => void
  readonly reject: (error: unknown) => void
}

// Beside this file from source, beside the bundle when bundled.
const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "./media-worker.ts" : "./media-worker.mjs",
  import.meta.url
)

/** One thread, started by the first request; it does not keep the process alive while it is idle. */
export const createMediaPool = ({ cacheBytes = 64 * 2 ** 20 } = {}): MediaPool => {
  const waiting = new Map<number, Waiting>()
  const results = new Map<string, Promise<RenderedMedia>>()
  const sizes = new Map<string, number>()
  let worker: Worker | undefined
  let closed = false
  let lastId = 0

  const failAll = (error: unknown) => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }

  const startWorker = (): Worker => {
    // Its stdout is kept away from the process's own, whose first line is a contract. Nobody reads it, since reading
    // would keep the process alive. Node's flags for the main program (--input-type, --eval) would stop it.
    const started = new Worker(workerFile, { stdout: true, execArgv: [] })
    started.on("message", (answer: MediaAnswer) => {
      const job = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (waiting.size === 0) started.unref()
      if ("media" in answer) job?.resolve(answer.media)
      else job?.reject(answer.error)
    })
    started.on("error", failAll)
    started.on("exit", () => {
      if (worker !== started) return
      worker = undefined
      failAll(new Error("The media thread ended before the file was ready. Ask for the file again."))
    })
    return started
  }

  const renderOnThread = (request: MediaRequest): Promise<RenderedMedia> =>
    new Promise((resolve, reject) => {
      worker ??= startWorker()
      const job: MediaJob = { id: ++lastId, request }
      waiting.set(job.id, { resolve, reject })
      worker.ref()
      worker.postMessage(job)
    })

  const forget = (key: string) => {
    results.delete(key)
    sizes.delete(key)
  }

  /** Counts a finished result and drops the least recently used ones until the rest fits. */
  const keep = (key: string, bytes: number) => {
    sizes.set(key, bytes)
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
    for (const oldest of results.keys()) {
      if (total <= cacheBytes) return
      total -= sizes.get(oldest) ?? 0
      if (sizes.has(oldest)) forget(oldest)
    }
  }

  return {
    render: (request) => {
      if (closed) return Promise.reject(new Error("The media pool is closed."))
      const key = JSON.stringify(Object.entries(request).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      const result = results.get(key) ?? renderOnThread(request)
      const isNew = !results.delete(key)
      results.set(key, result)
      if (isNew) {
        result.then(
          ({ bytes }) => keep(key, bytes.length),
          () => forget(key)
        )
      }
      return result
    },
    close: async () => {
      closed = true
      failAll(new Error("The media pool was closed before the file was ready."))
      results.clear()
      await worker?.terminate()
    }
  }
}
