import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, FileSystem, Layer, Path, PlatformError, Result } from "effect"
import type { JobError } from "../job-error.ts"
import { FileHost } from "./file-host.ts"
import { saveResult, type ResultToSave } from "./save-result.ts"
import { type Asked, bodyOf, fileReply, type FileServer, fileServer, film, type Reply } from "./testing/file-server.ts"
import { inVirtualTime } from "./testing/virtual-time.ts"

const node = Layer.merge(NodeFileSystem.layer, NodePath.layer)
const clip = film(50_000)
const serving = (bytes: Uint8Array) => fileServer((asked) => fileReply(bytes, asked))

const reach = { klingIsLocal: false, privateHosts: [] }

const saveClip = (root: string, { fileName, ...more }: Partial<ResultToSave> & { readonly fileName?: string }) =>
  Effect.scoped(
    Effect.gen(function* () {
      const host = yield* FileHost
      return yield* saveResult({
        handle: "kk-t2v-1",
        url: "https://files.example/clip",
        type: "video",
        http: yield* host.connect(reach),
        reach,
        root,
        folders: [],
        nameFor: (extension) => fileName ?? `kk-t2v-1.${extension}`,
        overwrite: false,
        noteOn: () => "{}",
        onProgress: () => Effect.void,
        ...more
      })
    })
  )

/** An empty folder, what was put into it, and the way to fetch a result there. */
const emptyFolder = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* fs.makeTempDirectoryScoped()
  const save = (server: FileServer, more: Partial<ResultToSave> & { readonly fileName?: string } = {}) =>
    inVirtualTime(saveClip(folder, more)).pipe(Effect.provide(server.layer))
  return {
    folder,
    save,
    // Without the notes beside whole files.
    names: Effect.map(fs.readDirectory(folder), (names) =>
      names.toSorted().filter((name) => !names.includes(name.replace(/\.json$/, "")) || !name.endsWith(".json"))
    ),
    bytes: (name: string) => Effect.map(fs.readFile(path.join(folder, name)), (bytes) => Uint8Array.from(bytes)),
    put: (name: string, text: string) => fs.writeFileString(path.join(folder, name), text)
  }
})

const errorOf = (result: Result.Result<unknown, JobError>): JobError => {
  if (Result.isSuccess(result)) throw new Error("it succeeded")
  return result.failure
}

describe("a result", () => {
  it.effect("is fetched whole, under its task's name and real type", () =>
    Effect.gen(function* () {
      const { folder, save, names, bytes } = yield* emptyFolder
      const seen: Array<number> = []
      const onProgress = ({ receivedBytes }: { readonly receivedBytes: number }) =>
        Effect.sync(() => void seen.push(receivedBytes))
      const saved = Result.getOrThrow(yield* save(serving(clip), { onProgress }))
      expect(saved).toMatchObject({ path: `${folder}/kk-t2v-1.mp4`, bytes: 50_000, mimeType: "video/mp4" })
      expect(saved.uri).toBe(`file://${folder}/kk-t2v-1.mp4`)
      expect(yield* names).toEqual(["kk-t2v-1.mp4"])
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(clip)
      expect(seen).toEqual(seen.toSorted((a, b) => a - b))
      expect(seen.at(-1)).toBe(50_000)
    }).pipe(Effect.provide(node))
  )

  it.effect("is asked for without the key of Kling", () =>
    Effect.gen(function* () {
      const { save } = yield* emptyFolder
      const server = serving(clip)
      yield* save(server)
      expect(server.asked[0]?.headers["authorization"]).toBeUndefined()
    }).pipe(Effect.provide(node))
  )
})

describe("a download that is cut", () => {
  it.effect("goes on where it stopped, as long as the file is the same", () =>
    Effect.gen(function* () {
      const { save, bytes } = yield* emptyFolder
      const server = fileServer((asked) => fileReply(clip, asked, asked.turn < 3 ? { sends: 15_000 } : {}))
      yield* save(server)
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(clip)
      expect(server.asked.map((one) => [one.headers["range"], one.headers["if-range"]])).toEqual([
        [undefined, undefined],
        ["bytes=15000-", '"v1"'],
        ["bytes=30000-", '"v1"'],
        ["bytes=45000-", '"v1"']
      ])
    }).pipe(Effect.provide(node))
  )

  const other = film(40_000, 7)
  const turnedAway: Readonly<Record<string, (asked: Asked) => Reply>> = {
    "has changed": (asked) => fileReply(other, asked, { etag: '"v2"' }),
    "has changed, though the server sends a part of it": (asked) => ({
      ...fileReply(other, { ...asked, headers: { ...asked.headers, "if-range": '"v2"' } }, { etag: '"v2"' })
    }),
    "is answered by another part": (asked) =>
      asked.turn === 1
        ? {
            status: 206,
            headers: { etag: '"v1"', "content-range": "bytes 100-39999/40000", "content-length": "39900" },
            body: bodyOf(other.subarray(100))
          }
        : fileReply(other, asked),
    "has no such part": (asked) =>
      asked.headers["range"] === undefined
        ? fileReply(other, asked)
        : { status: 416, headers: { "content-range": "bytes */40000" }, body: bodyOf(new Uint8Array()) }
  }
  it.effect.each(Object.keys(turnedAway))("begins anew when the file %s", (name) =>
    Effect.gen(function* () {
      const { save, bytes } = yield* emptyFolder
      const server = fileServer((asked) =>
        asked.turn === 0 ? fileReply(clip, asked, { sends: 15_000 }) : (turnedAway[name]?.(asked) ?? "silence")
      )
      yield* save(server)
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(other)
    }).pipe(Effect.provide(node))
  )

  it.effect("begins anew when the server gives no ETag", () =>
    Effect.gen(function* () {
      const { save, bytes } = yield* emptyFolder
      const server = fileServer((asked) => {
        const { headers: _headers, ...reply } = fileReply(clip, asked, asked.turn === 0 ? { sends: 15_000 } : {})
        return { ...reply, headers: { "content-length": "50000" } }
      })
      yield* save(server)
      expect(server.asked.map((one) => one.headers["range"])).toEqual([undefined, undefined])
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(clip)
    }).pipe(Effect.provide(node))
  )

  it.effect.each(["in the middle", "before the first byte"])("by silence %s is noticed and goes on", (where) =>
    Effect.gen(function* () {
      const { save, bytes } = yield* emptyFolder
      const server = fileServer((asked) => {
        if (asked.turn > 0) return fileReply(clip, asked)
        return where === "in the middle" ? fileReply(clip, asked, { sends: 15_000, end: "silent" }) : "silence"
      })
      yield* save(server)
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(clip)
    }).pipe(Effect.provide(node))
  )

  it.effect("again and again is given up, without a trace, and can be repeated", () =>
    Effect.gen(function* () {
      const { save, names } = yield* emptyFolder
      const server = fileServer((asked) =>
        asked.turn === 0 ? fileReply(clip, asked, { sends: 9000 }) : "no connection"
      )
      const error = errorOf(yield* save(server))
      expect(error).toMatchObject({ code: "JOB_FETCH_FAILED", wasCharged: "yes", isRetryable: true })
      expect(error.suggestion).toContain("task download kk-t2v-1")
      expect(server.asked).toHaveLength(6)
      expect(yield* names).toEqual([])
    }).pipe(Effect.provide(node))
  )

  it.effect("by the caller leaves nothing behind", () =>
    Effect.gen(function* () {
      const { folder, names } = yield* emptyFolder
      const server = fileServer((asked) => fileReply(clip, asked, { sends: 9000, end: "silent" }))
      const started = yield* Deferred.make<void>()
      const running = yield* Effect.forkChild(
        saveClip(folder, { onProgress: () => Effect.asVoid(Deferred.succeed(started, undefined)) }).pipe(
          Effect.provide(server.layer)
        )
      )
      yield* Deferred.await(started)
      yield* Fiber.interrupt(running)
      expect(yield* names).toEqual([])
    }).pipe(Effect.provide(node))
  )
})

describe("what is no result", () => {
  const html = new TextEncoder().encode("<html><body>Sign in to continue</body></html>".padEnd(2000))
  const bad: Readonly<Record<string, readonly [(asked: Asked) => Reply, string]>> = {
    "a page of HTML": [(asked) => fileReply(html, asked), "no video, picture or sound"],
    "an empty file": [(asked) => fileReply(new Uint8Array(), asked), "no video, picture or sound"],
    "an expired link": [() => ({ status: 403, body: bodyOf(html) }), "HTTP 403"],
    "fewer bytes than promised": [
      () => ({ status: 200, headers: { "content-length": "60000" }, body: bodyOf(clip) }),
      "50000 of 60000 bytes"
    ],
    "more bytes than promised": [
      () => ({ status: 200, headers: { "content-length": "40000" }, body: bodyOf(clip) }),
      "of 40000 bytes"
    ],
    "a part that nobody asked for": [
      () => ({ status: 206, headers: { "content-range": "bytes 0-49999/90000" }, body: bodyOf(clip) }),
      "HTTP 206"
    ]
  }
  it.effect.each(Object.keys(bad))("is refused and leaves no file: %s", (name) =>
    Effect.gen(function* () {
      const { save, names } = yield* emptyFolder
      const [reply, says] = bad[name] ?? [() => fileReply(html, { url: "", headers: {}, turn: 0 }), ""]
      const error = errorOf(yield* save(fileServer(reply)))
      expect(error.reason._tag).toBe("FetchFailed")
      expect(error.message).toContain(says)
      expect(error.message).not.toContain("Sign in")
      expect(yield* names).toEqual([])
    }).pipe(Effect.provide(node))
  )
})

describe("a file that exists", () => {
  it.effect("is neither overwritten nor fetched for nothing", () =>
    Effect.gen(function* () {
      const { save, put, bytes, names } = yield* emptyFolder
      yield* put("kk-t2v-1.mp4", "mine")
      yield* put("cat.mp4", "mine too")
      const server = serving(clip)
      for (const more of [{}, { fileName: "cat.mp4" }]) {
        const error = errorOf(yield* save(server, more))
        expect(error.reason._tag).toBe("FileExists")
        expect(error.suggestion).toContain("--force")
      }
      expect(server.asked).toEqual([])
      expect(new TextDecoder().decode(yield* bytes("kk-t2v-1.mp4"))).toBe("mine")
      expect(yield* names).toEqual(["cat.mp4", "kk-t2v-1.mp4"])
    }).pipe(Effect.provide(node))
  )

  it.effect("is not overwritten when it appears during the download", () =>
    Effect.gen(function* () {
      const { save, put, bytes, names } = yield* emptyFolder
      const onProgress = () => Effect.orDie(put("cat.mp4", "mine"))
      const error = errorOf(yield* save(serving(clip), { fileName: "cat.mp4", onProgress }))
      expect(error.reason._tag).toBe("FileExists")
      expect(new TextDecoder().decode(yield* bytes("cat.mp4"))).toBe("mine")
      expect(yield* names).toEqual(["cat.mp4"])
    }).pipe(Effect.provide(node))
  )

  it.effect("is overwritten when that is allowed, and only by a whole file", () =>
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
      Result.getOrThrow(yield* save(serving(clip), more))
      expect(yield* bytes("cat.mp4")).toEqual(clip)
      expect(yield* names).toEqual(["cat.mp4"])
    }).pipe(Effect.provide(node))
  )

  it.effect("is whole although another program fetches under the same name at the same time", () =>
    Effect.gen(function* () {
      const { save, bytes, names } = yield* emptyFolder
      const othersTurn = yield* Deferred.make<void>()
      const onProgress = () => Deferred.await(othersTurn)
      const slow = yield* Effect.forkChild(save(serving(film(50_000, 7)), { onProgress }))
      Result.getOrThrow(yield* save(serving(clip)))
      yield* Deferred.succeed(othersTurn, undefined)
      expect(errorOf(yield* Fiber.join(slow)).reason._tag).toBe("FileExists")
      expect(yield* bytes("kk-t2v-1.mp4")).toEqual(clip)
      expect(yield* names).toEqual(["kk-t2v-1.mp4"])
    }).pipe(Effect.provide(node))
  )
})

describe("a folder that cannot be written to", () => {
  it.effect("is named, with what to do, when a file is in its place", () =>
    Effect.gen(function* () {
      const { folder, save, put } = yield* emptyFolder
      yield* put("films", "a file")
      const error = errorOf(yield* save(serving(clip), { root: `${folder}/films` }))
      expect(error.message).toContain(`${folder}/films: a file or a link is in the way`)
      expect(error.wasCharged).toBe("yes")
      expect(error.suggestion).toContain("task download kk-t2v-1")
    }).pipe(Effect.provide(node))
  )

  it.effect.each([
    ["PermissionDenied", "EACCES", "no permission to write there"],
    ["Unknown", "ENOSPC", "the disk is full"],
    ["Unknown", "EROFS", "nothing can be written there: it is read-only"],
    ["Unknown", "EIO", "the system refused it (EIO)"]
  ] as const)("is named, with what to do, when the system says no: %s %s", ([_tag, code, says]) =>
    Effect.gen(function* () {
      const { folder, save, names } = yield* emptyFolder
      const fs = yield* FileSystem.FileSystem
      const pathOrDescriptor = "/proc/self/fd/7/.part"
      const cause = { code }
      const denied = PlatformError.systemError({ _tag, module: "FileSystem", method: "open", pathOrDescriptor, cause })
      const refusing = { ...fs, open: () => Effect.fail(denied) }
      const error = errorOf(yield* save(serving(clip)).pipe(Effect.provideService(FileSystem.FileSystem, refusing)))
      expect(error.message).toContain(`${folder}: ${says}`)
      expect(error.message).not.toContain("/proc/")
      expect(error.suggestion).toContain("task download kk-t2v-1")
      expect(yield* names).toEqual([])
    }).pipe(Effect.provide(node))
  )
})
