// Renders media off the main thread and caches the latest results.
import { Worker } from "node:worker_threads"
import type { MediaRequest, RenderedMedia } from "../media/media-request.ts"
import type { MediaAnswer, MediaJob } from "./media-worker.ts"

export interface MediaPool {
  /** Renders, or returns the cached bytes: do not modify them. Rejects with a RangeError for an invalid request. */
  readonly render: (request: MediaRequest) => Promise<RenderedMedia>
  /** Stops the thread; unfinished and later calls of `render` reject. */
  readonly close: () => Promise<void>
}

interface Pending {
  readonly resolve: (media: RenderedMedia) => void
  readonly reject: (error: unknown) => void
}

// Next to this file when run from source, next to the bundle when bundled.
const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "./media-worker.ts" : "./media-worker.mjs",
  import.meta.url
)

/** One thread, started by the first request; it does not keep the process alive while it is idle. */
export const createMediaPool = ({ cacheBytes = 64 * 2 ** 20 } = {}): MediaPool => {
  const pending = new Map<number, Pending>()
  const results = new Map<string, Promise<RenderedMedia>>()
  const sizes = new Map<string, number>()
  let worker: Worker | undefined
  let closed = false
  let lastId = 0

  const failAll = (error: unknown) => {
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }

  const startWorker = (): Worker => {
    // Its stdout is separate from the process's own, whose first line is a contract. It is never read, since reading
    // would keep the process alive. Node's flags for the main program (--input-type, --eval) would break the worker.
    const started = new Worker(workerFile, { stdout: true, execArgv: [] })
    started.on("message", (answer: MediaAnswer) => {
      const job = pending.get(answer.id)
      pending.delete(answer.id)
      if (pending.size === 0) started.unref()
      if ("media" in answer) job?.resolve(answer.media)
      else job?.reject(answer.error)
    })
    started.on("error", failAll)
    started.on("exit", () => {
      if (worker !== started) return
      worker = undefined
      failAll(new Error("The media thread stopped before the file was ready. Request the file again."))
    })
    return started
  }

  const renderOnThread = (request: MediaRequest): Promise<RenderedMedia> =>
    new Promise((resolve, reject) => {
      worker ??= startWorker()
      const job: MediaJob = { id: ++lastId, request }
      pending.set(job.id, { resolve, reject })
      worker.ref()
      worker.postMessage(job)
    })

  const evict = (key: string) => {
    results.delete(key)
    sizes.delete(key)
  }

  /** Records the size of a finished result and evicts the least recently used ones until the rest fits. */
  const recordSize = (key: string, bytes: number) => {
    sizes.set(key, bytes)
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
    for (const oldest of results.keys()) {
      if (total <= cacheBytes) return
      total -= sizes.get(oldest) ?? 0
      if (sizes.has(oldest)) evict(oldest)
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
          ({ bytes }) => recordSize(key, bytes.length),
          () => evict(key)
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
