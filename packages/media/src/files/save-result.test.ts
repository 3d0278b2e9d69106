import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, FileSystem, Layer, Path, PlatformError, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { FetchFailure } from "./fetch-failure.ts"
import type { FileExists } from "./file-exists.ts"
import { FileHost } from "./file-host.ts"
import { saveResult, type ResultToSave } from "./save-result.ts"
import {
  type FileRequest,
  bodyOf,
  fileReply,
  type FileServer,
  fileServer,
  sampleVideo,
  type Reply
} from "../testing/file-server.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"

const node = Layer.merge(NodeFileSystem.layer, NodePath.layer)
const video = sampleVideo(50_000)
const serving = (bytes: Uint8Array) => fileServer((request) => fileReply(bytes, request))

const policy = { klingIsLocal: false, privateHosts: [] }

const saveVideo = (root: string, { fileName, ...more }: Partial<ResultToSave> & { readonly fileName?: string }) =>
  Effect.scoped(
    Effect.gen(function* () {
      const host = yield* FileHost
      return yield* saveResult({
        handle: "kk-t2v-1",
        url: "https://files.example/video",
        type: "video",
        http: yield* host.connect(policy),
        policy,
        root,
        folders: [],
        nameFor: (extension) => fileName ?? `kk-t2v-1.${extension}`,
        recorded: [],
        overwrite: false,
        sidecarFor: () => "{}",
        onProgress: () => Effect.void,
        ...more
      })
    })
  )

/** An empty folder, and functions to save results in it and inspect it. */
const emptyFolder = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* fs.makeTempDirectoryScoped()
  const save = (server: FileServer, more: Partial<ResultToSave> & { readonly fileName?: string } = {}) =>
    inVirtualTime(saveVideo(folder, more)).pipe(Effect.provide(server.layer))
  return {
    folder,
    save,
    // Without sidecars of complete files.
    names: Effect.map(fs.readDirectory(folder), (names) =>
      names.toSorted().filter((name) => !names.includes(name.replace(/\.json$/, "")) || !name.endsWith(".json"))
    ),
    bytes: (name: string) => Effect.map(fs.readFile(path.join(folder, name)), (bytes) => Uint8Array.from(bytes)),
    put: (name: string, text: string) => fs.writeFileString(path.join(folder, name), text)
  }
})

const errorOf = <E extends FetchFailure | FileExists>(result: Result.Result<unknown, E>): E => {
  if (Result.isSuccess(result)) throw new Error("it succeeded")
  return result.failure
}

describe("a result", () => {
  it.effect("is saved complete, under its handle and real format", () =>
    Effect.gen(function* () {
      const { folder, save, names, bytes } = yield* emptyFolder
      const seen: Array<number> = []
      const onProgress = ({ receivedBytes }: { readonly receivedBytes: number }) =>
        Effect.sync(() => void seen.push(receivedBytes))
      const saved = Result.getOrThrow(yield* save(serving(video), { onProgress }))
      expect(saved).toMatchObject({ path: `${folder}/kk-t2v-1.mp4`, bytes: 50_000, mimeType: "video/mp4" })
      expect(saved.uri).toBe(`file://${folder}/kk-t2v-1.mp4`)
      expect(yield* names).toEqual(["kk-t2v-1.mp4"])
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(video)
      expect(seen).toEqual(seen.toSorted((a, b) => a - b))
      expect(seen.at(-1)).toBe(50_000)
    }).pipe(Effect.provide(node))
  )

  it.effect("survives a power failure: file and folder are on the disk before it counts as saved", () =>
    Effect.gen(function* () {
      const { save } = yield* emptyFolder
      const steps: Array<string> = []
      const record = <A, E>(step: string, work: Effect.Effect<A, E>) =>
        Effect.tap(work, () => Effect.sync(() => void steps.push(step)))
      const fs = yield* FileSystem.FileSystem
      const open: typeof fs.open = (path, options) =>
        Effect.map(fs.open(path, options), (file) =>
          Object.create(file, { sync: { value: record("flush the file", file.sync) } })
        )
      const link: typeof fs.link = (from, to) =>
        record(to.endsWith(".mp4") ? "name the file" : "name the sidecar", fs.link(from, to))
      const server = serving(video)
      const host = Layer.effect(
        FileHost,
        Effect.map(FileHost, (services) => ({
          ...services,
          openFolder: (root: string, below: ReadonlyArray<string>) =>
            Effect.map(services.openFolder(root, below), (folder) => ({
              ...folder,
              sync: record("flush the folder", folder.sync)
            }))
        }))
      )
      const recorded = { layer: Layer.provide(host, server.layer), requests: server.requests }
      const saved = yield* Effect.provideService(save(recorded), FileSystem.FileSystem, { ...fs, open, link })
      expect(saved._tag).toBe("Success")
      expect(steps).toEqual(["flush the file", "name the file", "name the sidecar", "flush the folder"])
    }).pipe(Effect.provide(node))
  )

  it.effect("is requested without Kling's API key", () =>
    Effect.gen(function* () {
      const { save } = yield* emptyFolder
      const server = serving(video)
      yield* save(server)
      expect(server.requests[0]?.headers["authorization"]).toBeUndefined()
    }).pipe(Effect.provide(node))
  )
})

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

  it.effect("starts over when the server sends no ETag", () =>
    Effect.gen(function* () {
      const { save, bytes } = yield* emptyFolder
      const server = fileServer((request) => {
        const { headers: _headers, ...reply } = fileReply(video, request, request.index === 0 ? { sends: 15_000 } : {})
        return { ...reply, headers: { "content-length": "50000" } }
      })
      yield* save(server)
      expect(server.requests.map((one) => one.headers["range"])).toEqual([undefined, undefined])
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

  it.effect("fails after six attempts, leaves no file, and can be repeated", () =>
    Effect.gen(function* () {
      const { save, names } = yield* emptyFolder
      const server = fileServer((request) =>
        request.index === 0 ? fileReply(video, request, { sends: 9000 }) : "no connection"
      )
      const error = errorOf(yield* save(server))
      expect(error).toMatchObject({ _tag: "FetchFailure", isDenied: false })
      expect(server.requests).toHaveLength(6)
      expect(yield* names).toEqual([])
    }).pipe(Effect.provide(node))
  )

  it.effect("is given up after an hour, if its server sends a byte now and then", () =>
    Effect.gen(function* () {
      const { folder } = yield* emptyFolder
      const drop = Stream.map(Stream.tick("20 seconds"), () => Uint8Array.of(7))
      const server = fileServer(() => ({ status: 200, body: drop }))
      const running = yield* Effect.forkChild(Effect.flip(saveVideo(folder, {}).pipe(Effect.provide(server.layer))))
      for (let tens = 0; tens < 400 && running.pollUnsafe() === undefined; tens += 1) {
        yield* TestClock.withLive(Effect.sleep("1 millis"))
        yield* TestClock.adjust("10 seconds")
      }
      expect(yield* Fiber.join(running)).toMatchObject({ _tag: "FetchFailure", detail: "it took more than an hour" })
    }).pipe(Effect.provide(node))
  )

  it.effect("leaves no file when its caller cancels", () =>
    Effect.gen(function* () {
      const { folder, names } = yield* emptyFolder
      const server = fileServer((request) => fileReply(video, request, { sends: 9000, end: "silent" }))
      const started = yield* Deferred.make<void>()
      const running = yield* Effect.forkChild(
        saveVideo(folder, { onProgress: () => Effect.asVoid(Deferred.succeed(started, undefined)) }).pipe(
          Effect.provide(server.layer)
        )
      )
      yield* Deferred.await(started)
      yield* Fiber.interrupt(running)
      expect(yield* names).toEqual([])
    }).pipe(Effect.provide(node))
  )
})

describe("a result that is cut off without an announced length", () => {
  const photo = Uint8Array.from([0xff, 0xd8, 0xff, 0xda, 0, 2, ...Array.from({ length: 9000 }, () => 7), 0xff, 0xd9])
  const cutting = (times: number) =>
    fileServer(({ index }) => ({ status: 200, body: bodyOf(index < times ? photo.subarray(0, 6000) : photo) }))

  it.effect("is fetched again", () =>
    Effect.gen(function* () {
      const { save, bytes } = yield* emptyFolder
      yield* save(cutting(1), { type: "image" })
      expect(yield* bytes("kk-t2v-1.jpg")).toEqual(photo)
    }).pipe(Effect.provide(node))
  )

  it.effect("is not saved as whole if it is cut off again", () =>
    Effect.gen(function* () {
      const { save, names } = yield* emptyFolder
      const server = cutting(9)
      const error = errorOf(yield* save(server, { type: "image" }))
      expect(error).toMatchObject({ detail: "the jpg file is truncated: it ends early", isTransient: true })
      expect(server.requests).toHaveLength(2)
      expect(yield* names).toEqual([])
    }).pipe(Effect.provide(node))
  )
})

describe("an invalid response", () => {
  const html = new TextEncoder().encode("<html><body>Sign in to continue</body></html>".padEnd(2000))
  const invalid: Readonly<Record<string, readonly [(request: FileRequest) => Reply, string]>> = {
    "a page of HTML": [(request) => fileReply(html, request), "did not return a media file"],
    "an empty file": [(request) => fileReply(new Uint8Array(), request), "did not return a media file"],
    "an expired link": [() => ({ status: 403, body: bodyOf(html) }), "HTTP 403"],
    "fewer bytes than announced": [
      () => ({ status: 200, headers: { "content-length": "60000" }, body: bodyOf(video) }),
      "50000 of 60000 bytes"
    ],
    "more bytes than announced": [
      () => ({ status: 200, headers: { "content-length": "40000" }, body: bodyOf(video) }),
      "of 40000 bytes"
    ],
    "a range that was not requested": [
      () => ({ status: 206, headers: { "content-range": "bytes 0-49999/90000" }, body: bodyOf(video) }),
      "HTTP 206"
    ]
  }
  it.effect.each(Object.keys(invalid))("fails and leaves no file: %s", (name) =>
    Effect.gen(function* () {
      const { save, names } = yield* emptyFolder
      const [reply, says] = invalid[name] ?? [() => fileReply(html, { url: "", headers: {}, index: 0 }), ""]
      const error = errorOf(yield* save(fileServer(reply)))
      expect(error).toMatchObject({ _tag: "FetchFailure", detail: expect.stringContaining(says) })
      expect(JSON.stringify(error)).not.toContain("Sign in")
      expect(yield* names).toEqual([])
    }).pipe(Effect.provide(node))
  )
})

describe("an existing file", () => {
  it.effect("is not overwritten, and nothing is downloaded", () =>
    Effect.gen(function* () {
      const { save, put, bytes, names } = yield* emptyFolder
      yield* put("kk-t2v-1.mp4", "mine")
      yield* put("cat.mp4", "mine too")
      const server = serving(video)
      for (const more of [{}, { fileName: "cat.mp4" }]) {
        expect(errorOf(yield* save(server, more))._tag).toBe("FileExists")
      }
      expect(server.requests).toEqual([])
      expect(new TextDecoder().decode(yield* bytes("kk-t2v-1.mp4"))).toBe("mine")
      expect(yield* names).toEqual(["cat.mp4", "kk-t2v-1.mp4"])
    }).pipe(Effect.provide(node))
  )

  it.effect("is not overwritten when it appears during the download", () =>
    Effect.gen(function* () {
      const { save, put, bytes, names } = yield* emptyFolder
      const onProgress = () => Effect.orDie(put("cat.mp4", "mine"))
      const error = errorOf(yield* save(serving(video), { fileName: "cat.mp4", onProgress }))
      expect(error._tag).toBe("FileExists")
      expect(new TextDecoder().decode(yield* bytes("cat.mp4"))).toBe("mine")
      expect(yield* names).toEqual(["cat.mp4"])
    }).pipe(Effect.provide(node))
  )

  it.effect("is overwritten when that is allowed, and only by a complete file", () =>
    Effect.gen(function* () {
      const { save, put, bytes, names } = yield* emptyFolder
      yield* put("cat.mp4", "old")
      const more = { fileName: "cat.mp4", overwrite: true }
      errorOf(
        yield* save(
          fileServer(() => "no connection"),
          more
        )
      )
      expect(new TextDecoder().decode(yield* bytes("cat.mp4"))).toBe("old")
      Result.getOrThrow(yield* save(serving(video), more))
      expect(yield* bytes("cat.mp4")).toEqual(video)
      expect(yield* names).toEqual(["cat.mp4"])
    }).pipe(Effect.provide(node))
  )

  it.effect("is complete even if another program saves under the same name at the same time", () =>
    Effect.gen(function* () {
      const { save, bytes, names } = yield* emptyFolder
      const otherSaved = yield* Deferred.make<void>()
      const onProgress = () => Deferred.await(otherSaved)
      const slow = yield* Effect.forkChild(save(serving(sampleVideo(50_000, 7)), { onProgress }))
      Result.getOrThrow(yield* save(serving(video)))
      yield* Deferred.succeed(otherSaved, undefined)
      expect(errorOf(yield* Fiber.join(slow))._tag).toBe("FileExists")
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(video)
      expect(yield* names).toEqual(["kk-t2v-1.mp4"])
    }).pipe(Effect.provide(node))
  )
})

describe("a folder that cannot be written to", () => {
  it.effect("is named when a file is in the way", () =>
    Effect.gen(function* () {
      const { folder, save, put } = yield* emptyFolder
      yield* put("videos", "a file")
      const error = errorOf(yield* save(serving(video), { root: `${folder}/videos` }))
      expect(error).toMatchObject({ detail: `${folder}/videos: a file or symbolic link is in the way` })
    }).pipe(Effect.provide(node))
  )

  it.effect.each([
    ["PermissionDenied", "EACCES", "no permission to write there"],
    ["Unknown", "ENOSPC", "the disk is full"],
    ["Unknown", "EROFS", "the file system is read-only"],
    ["Unknown", "EIO", "the system denied access (EIO)"]
  ] as const)("is named when the system reports an error: %s %s", ([_tag, code, text]) =>
    Effect.gen(function* () {
      const { folder, save, names } = yield* emptyFolder
      const fs = yield* FileSystem.FileSystem
      const pathOrDescriptor = "/proc/self/fd/7/.part"
      const cause = { code }
      const denied = PlatformError.systemError({ _tag, module: "FileSystem", method: "open", pathOrDescriptor, cause })
      const failingFs = { ...fs, open: () => Effect.fail(denied) }
      const error = errorOf(yield* save(serving(video)).pipe(Effect.provideService(FileSystem.FileSystem, failingFs)))
      expect(error).toMatchObject({ detail: `${folder}: ${text}` })
      expect(yield* names).toEqual([])
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
})
