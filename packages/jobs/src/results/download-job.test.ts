import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { planVideo, type Task, type TaskOutput } from "@klingkit/core"
import { bodyOf, fileReply, type FileServer, fileServer, inVirtualTime, sampleVideo } from "@klingkit/media/testing"
import { Effect, FileSystem, Layer, Path, Result } from "effect"
import { type DownloadOptions, downloadJob } from "./download-job.ts"

const node = Layer.merge(NodeFileSystem.layer, NodePath.layer)
const handle = "kk-t2v-0123456789abcdefghjkmnpqrs"
const signedUrl = "https://files.example/video.mp4?signature=s3cr3t"
const taskWith = (outputs: ReadonlyArray<TaskOutput>, more: Partial<Task> = {}): Task => ({
  id: "77",
  externalId: handle,
  status: "succeed",
  outputs,
  charges: [{ kind: "unit", amount: 3, pack: "video" }],
  createdAt: 1_790_000_000_000,
  updatedAt: 1_790_000_060_000,
  ...more
})
const videoTask = taskWith([{ type: "video", url: signedUrl }])

const inFolder = Effect.fnUntraced(function* (server: FileServer) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* fs.makeTempDirectoryScoped()
  return {
    folder,
    fetch: (job: Parameters<typeof downloadJob>[0], options: DownloadOptions = {}) =>
      inVirtualTime(downloadJob(job, { outputDir: folder, klingIsLocal: false }, options)).pipe(
        Effect.provide(server.layer)
      ),
    names: Effect.map(fs.readDirectory(folder), (names) => names.toSorted()),
    text: (name: string) => fs.readFileString(path.join(folder, name)),
    put: (name: string, text: string) => fs.writeFileString(path.join(folder, name), text)
  }
})

const videoServer = fileServer((request) => fileReply(sampleVideo(3000), request))

describe("the results of a job", () => {
  it.effect("have a sidecar with their origin and cost, and without secrets", () =>
    Effect.gen(function* () {
      const { folder, fetch, names, text } = yield* inFolder(videoServer)
      const image = `iVBORw0KGgo${"A".repeat(40_000)}`
      const request = { prompt: "a cat", image: "https://example.com/1.png", elements: ["829836802793406551"] }
      const planned = yield* planVideo(request, "key-pair")
      const plan = { ...planned, input: { ...planned.input, image } }
      Result.getOrThrow(yield* fetch({ handle, task: videoTask, plan }))

      expect(yield* names).toEqual([`${handle}.mp4`, `${handle}.mp4.json`])
      const sidecar = yield* text(`${handle}.mp4.json`)
      expect(JSON.parse(sidecar)).toMatchObject({
        handle,
        taskId: "77",
        operation: "legacy.image2video",
        model: "kling-v3",
        request: { model_name: "kling-v3", prompt: "a cat", image: "(40011 characters of inline media)" },
        quote: { state: "exact", units: 3 },
        charges: [{ kind: "unit", amount: 3, pack: "video" }],
        createdAt: new Date(1_790_000_000_000).toISOString(),
        file: { bytes: 3000, mimeType: "video/mp4" }
      })
      expect(sidecar).toContain(`"element_id": 829836802793406551`)
      expect(sidecar).not.toContain("s3cr3t")
      expect(sidecar).not.toContain(folder)
      expect(sidecar).not.toContain("AAAA")
    }).pipe(Effect.provide(node))
  )

  it.effect("are numbered when there are several, whatever name was requested", () =>
    Effect.gen(function* () {
      const server = fileServer((request) => fileReply(sampleVideo(3000, request.url.includes("2") ? 2 : 1), request))
      const { fetch, names } = yield* inFolder(server)
      const task = taskWith([
        { type: "video", url: "https://files.example/1.mp4" },
        { type: "element", id: "829836802793406551" },
        { type: "audio", url: "https://files.example/2.mp3" }
      ])
      const saved = Result.getOrThrow(yield* fetch({ handle, task }, { fileName: "cat.mp4" }))
      expect(saved.map((one) => one.url)).toEqual(["https://files.example/1.mp4", "https://files.example/2.mp3"])
      expect((yield* names).filter((name) => !name.endsWith(".json"))).toEqual([`${handle}-1.mp4`, `${handle}-2.mp4`])
    }).pipe(Effect.provide(node))
  )

  it.effect("may be subtitles, but not an HTML page in their place", () =>
    Effect.gen(function* () {
      const subtitles = new TextEncoder().encode("1\n00:00:00,000 --> 00:00:02,000\nHello\n".repeat(50))
      const page = new TextEncoder().encode("\n<!DOCTYPE html><title>Sign in</title>".padEnd(500))
      const task = taskWith([{ type: "file", kind: "srt", url: "https://files.example/1" }])
      const good = yield* inFolder(fileServer((request) => fileReply(subtitles, request)))
      Result.getOrThrow(yield* good.fetch({ handle, task }))
      expect(yield* good.names).toEqual([`${handle}.srt`, `${handle}.srt.json`])
      const bad = yield* inFolder(fileServer((request) => fileReply(page, request)))
      expect(Result.isFailure(yield* bad.fetch({ handle, task }))).toBe(true)
      const video = yield* inFolder(fileServer((request) => fileReply(subtitles, request)))
      expect(Result.isFailure(yield* video.fetch({ handle, task: videoTask }))).toBe(true)
      expect([...(yield* bad.names), ...(yield* video.names)]).toEqual([])
    }).pipe(Effect.provide(node))
  )

  it.effect("never overwrite an existing file, nor does their sidecar", () =>
    Effect.gen(function* () {
      const { fetch, put, text, names } = yield* inFolder(videoServer)
      yield* put("data.json", "mine")
      Result.getOrThrow(yield* fetch({ handle, task: videoTask }, { fileName: "data" }))
      expect(yield* text("data.json")).toBe("mine")
      expect(yield* names).toEqual(["data", "data.json"])
      Result.getOrThrow(yield* fetch({ handle, task: videoTask }, { fileName: "data", overwrite: true }))
      expect(JSON.parse(yield* text("data.json"))).toMatchObject({ handle })
    }).pipe(Effect.provide(node))
  )

  it.effect("stay inside their folder, whatever the task id is", () =>
    Effect.gen(function* () {
      const { fetch, names } = yield* inFolder(videoServer)
      Result.getOrThrow(yield* fetch({ handle: "../../../../evil", task: videoTask }))
      expect(yield* names).toEqual(["evil.mp4", "evil.mp4.json"])
    }).pipe(Effect.provide(node))
  )
})

describe("a job without results", () => {
  it.effect.each([
    ["is still running", taskWith([], { status: "processing" }), "JOB_NOT_FINISHED", `wait until ${handle}`],
    ["has failed", taskWith([], { status: "failed" }), "JOB_NOTHING_TO_FETCH", "30 days"]
  ] as const)("says so when it %s", ([, task, code, suggestion]) =>
    Effect.gen(function* () {
      const { fetch, names } = yield* inFolder(fileServer(() => ({ status: 200, body: bodyOf(sampleVideo(10)) })))
      const result = yield* fetch({ handle, task }, { nameTemplate: "{unknown}" })
      const error = Result.isFailure(result) ? result.failure : undefined
      expect(error?.code).toBe(code)
      expect(error?.suggestion).toContain(suggestion)
      expect(yield* names).toEqual([])
    }).pipe(Effect.provide(node))
  )
})

describe("a download that fails", () => {
  const file = sampleVideo(3000)
  const elsewhere = { status: 302, headers: { location: "http://10.0.0.1/video" }, body: bodyOf(file) }
  it.effect.each([
    ["the file server refuses", fileServer(() => ({ status: 403, body: bodyOf(file) })), "JOB_FETCH_FAILED"],
    ["the fetch policy denies the URL", fileServer(() => elsewhere), "JOB_RESULT_DENIED"]
  ] as const)("was paid for and can be repeated: %s", ([, server, code]) =>
    Effect.gen(function* () {
      const { fetch, names } = yield* inFolder(server)
      const result = yield* fetch({ handle, task: videoTask })
      const error = Result.isFailure(result) ? result.failure : undefined
      expect(error).toMatchObject({ code, wasCharged: "yes" })
      expect(error?.suggestion).toMatch(/nothing is lost.* 30 days/)
      expect(error?.message).toContain(handle)
      expect(yield* names).toEqual([])
    }).pipe(Effect.provide(node))
  )

  it.effect("because of an existing file names it, and how to replace it", () =>
    Effect.gen(function* () {
      const { folder, fetch, put } = yield* inFolder(videoServer)
      yield* put(`${handle}.mp4`, "mine")
      const result = yield* fetch({ handle, task: videoTask })
      const error = Result.isFailure(result) ? result.failure : undefined
      expect(error).toMatchObject({ code: "JOB_FILE_EXISTS", message: `${folder}/${handle}.mp4 already exists` })
      expect(error?.suggestion).toContain("set overwrite")
    }).pipe(Effect.provide(node))
  )
})
