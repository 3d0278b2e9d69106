import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Queue, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { bodyOf, fileReply, type FileRequest, fileServer, type Reply, sampleVideo } from "../testing/file-server.ts"
import { emptyFolder, errorOf, node, saveVideo, serving, video } from "./testing/empty-folder.ts"

/** A partial file, and what is known of it. */
const aPart = [expect.stringMatching(/^\.kk-t2v-1\.\w+\.part$/), expect.stringMatching(/\.part\.state$/)]

describe("an interrupted download", () => {
  it.effect("resumes where it stopped, as long as the file is the same", () =>
    Effect.gen(function* () {
      const { save, bytes } = yield* emptyFolder
      const server = fileServer((request) => fileReply(video, request, request.index < 3 ? { sends: 15_000 } : {}))
      yield* save(server)
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(video)
      expect(server.requests.map((one) => [one.headers["range"], one.headers["if-range"]])).toEqual([
        [undefined, undefined],
        ["bytes=15000-", '"v1"'],
        ["bytes=30000-", '"v1"'],
        ["bytes=45000-", '"v1"']
      ])
    }).pipe(Effect.provide(node))
  )

  const other = sampleVideo(40_000, 7)
  const restartReplies: Readonly<Record<string, (request: FileRequest) => Reply>> = {
    "has changed": (request) => fileReply(other, request, { etag: '"v2"' }),
    "has changed, although the server sends a range of it": (request) => ({
      ...fileReply(other, { ...request, headers: { ...request.headers, "if-range": '"v2"' } }, { etag: '"v2"' })
    }),
    "comes with another range": (request) =>
      request.index === 1
        ? {
            status: 206,
            headers: { etag: '"v1"', "content-range": "bytes 100-39999/40000", "content-length": "39900" },
            body: bodyOf(other.subarray(100))
          }
        : fileReply(other, request),
    "has no such range": (request) =>
      request.headers["range"] === undefined
        ? fileReply(other, request)
        : { status: 416, headers: { "content-range": "bytes */40000" }, body: bodyOf(new Uint8Array()) }
  }
  it.effect.each(Object.keys(restartReplies))("starts over when the file %s", (name) =>
    Effect.gen(function* () {
      const { save, bytes } = yield* emptyFolder
      const server = fileServer((request) =>
        request.index === 0
          ? fileReply(video, request, { sends: 15_000 })
          : (restartReplies[name]?.(request) ?? "silence")
      )
      yield* save(server)
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(other)
    }).pipe(Effect.provide(node))
  )

  it.effect("without an ETag resumes only what has the same length and the same time", () =>
    Effect.gen(function* () {
      const cases: ReadonlyArray<readonly [lastModified: string, total: number, isResumed: boolean]> = [
        ["Mon, 30 Nov 2026 10:00:00 GMT", 50_000, true],
        ["Mon, 30 Nov 2026 11:00:00 GMT", 50_000, false],
        ["Mon, 30 Nov 2026 10:00:00 GMT", 40_000, false]
      ]
      for (const [lastModified, total, isResumed] of cases) {
        const { save, bytes } = yield* emptyFolder
        const latest = isResumed ? video : other.subarray(0, total)
        const server = fileServer((request) => {
          const file = request.index === 0 ? video : latest
          const asked = request.headers["range"] === undefined ? {} : { range: "bytes=15000-", "if-range": '"v1"' }
          const reply = fileReply(file, { ...request, headers: asked }, request.index === 0 ? { sends: 15_000 } : {})
          const { etag: _etag, ...headers } = reply.headers ?? {}
          const time = request.index === 0 ? "Mon, 30 Nov 2026 10:00:00 GMT" : lastModified
          return { ...reply, headers: { ...headers, "last-modified": time } }
        })
        yield* save(server)
        expect(server.requests[1]?.headers).toMatchObject({
          range: "bytes=15000-",
          "if-range": "Mon, 30 Nov 2026 10:00:00 GMT"
        })
        expect(server.requests).toHaveLength(isResumed ? 2 : 3)
        expect(yield* bytes("kk-t2v-1.mp4")).toEqual(latest)
      }
    }).pipe(Effect.provide(node))
  )

  it.effect("starts over when the server knows no ranges", () =>
    Effect.gen(function* () {
      const { save, bytes } = yield* emptyFolder
      const server = fileServer((request) => {
        const { headers: _headers, ...reply } = fileReply(video, request, request.index === 0 ? { sends: 15_000 } : {})
        return { ...reply, headers: { "content-length": "50000" } }
      })
      yield* save(server)
      expect(server.requests.map((one) => one.headers["range"])).toEqual([undefined, "bytes=15000-"])
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(video)
    }).pipe(Effect.provide(node))
  )

  it.effect.each(["in the middle", "before the first byte"])("resumes after a timeout %s", (where) =>
    Effect.gen(function* () {
      const { save, bytes } = yield* emptyFolder
      const server = fileServer((request) => {
        if (request.index > 0) return fileReply(video, request)
        return where === "in the middle" ? fileReply(video, request, { sends: 15_000, end: "silent" }) : "silence"
      })
      yield* save(server)
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(video)
    }).pipe(Effect.provide(node))
  )

  it.effect("fails after six attempts, and leaves what it has to the next", () =>
    Effect.gen(function* () {
      const { save, names, bytes } = yield* emptyFolder
      const server = fileServer((request) =>
        request.index === 0 ? fileReply(video, request, { sends: 9000 }) : "no connection"
      )
      const error = errorOf(yield* save(server))
      expect(error).toMatchObject({ _tag: "FetchFailure", isDenied: false })
      expect(server.requests).toHaveLength(6)
      expect(yield* names).toEqual(aPart)
      const next = serving(video)
      Result.getOrThrow(yield* save(next))
      expect(next.requests.map((one) => one.headers["range"])).toEqual(["bytes=9000-"])
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(video)
      expect(yield* names).toEqual(["kk-t2v-1.mp4"])
    }).pipe(Effect.provide(node))
  )

  it.effect("leaves what it has to the next when its caller cancels", () =>
    Effect.gen(function* () {
      const { folder, names, save } = yield* emptyFolder
      const server = fileServer((request) => fileReply(video, request, { sends: 9000, end: "silent" }))
      const started = yield* Deferred.make<void>()
      const running = yield* Effect.forkChild(
        saveVideo(folder, { onProgress: () => Effect.asVoid(Deferred.succeed(started, undefined)) }).pipe(
          Effect.provide(server.layer)
        )
      )
      yield* Deferred.await(started)
      yield* Fiber.interrupt(running)
      expect(yield* names).toEqual(aPart)
      const next = serving(video)
      Result.getOrThrow(yield* save(next))
      expect(next.requests.map((one) => one.headers["range"])).toEqual([expect.stringMatching(/^bytes=[1-9]/)])
      expect(yield* names).toEqual(["kk-t2v-1.mp4"])
    }).pipe(Effect.provide(node))
  )

  it.effect("fails when the server announces more bytes than it sends, however often", () =>
    Effect.gen(function* () {
      const { save, names } = yield* emptyFolder
      const server = fileServer(() => ({ status: 200, headers: { "content-length": "60000" }, body: bodyOf(video) }))
      expect(errorOf(yield* save(server))).toMatchObject({ detail: "50000 of 60000 bytes received" })
      expect(yield* names).toEqual(aPart)
    }).pipe(Effect.provide(node))
  )
})

describe("a resumed download", () => {
  it.effect("starts over when the file has another length, although its ETag is the same", () =>
    Effect.gen(function* () {
      const { save, bytes } = yield* emptyFolder
      const longer = sampleVideo(60_000, 3)
      const server = fileServer((request) =>
        request.index === 0 ? fileReply(video, request, { sends: 15_000 }) : fileReply(longer, request)
      )
      Result.getOrThrow(yield* save(server))
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(longer)
    }).pipe(Effect.provide(node))
  )

  it.effect("is given up after an hour, if its server sends a byte now and then", () =>
    Effect.gen(function* () {
      const { folder } = yield* emptyFolder
      const drops = yield* Queue.unbounded<Uint8Array>()
      const received = yield* Queue.unbounded<void>()
      const server = fileServer(() => ({ status: 200, body: Stream.fromQueue(drops) }))
      const saving = saveVideo(folder, { onProgress: () => Effect.asVoid(Queue.offer(received, undefined)) })
      const running = yield* Effect.forkChild(Effect.flip(saving.pipe(Effect.provide(server.layer))))
      for (let seconds = 0; seconds < 3600; seconds += 20) {
        yield* Queue.offer(drops, Uint8Array.of(7))
        yield* Queue.take(received)
        expect(running.pollUnsafe()).toBeUndefined()
        yield* TestClock.adjust("20 seconds")
      }
      expect(yield* Fiber.join(running)).toMatchObject({ _tag: "FetchFailure", detail: "it took more than an hour" })
    }).pipe(Effect.provide(node))
  )
})
