import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import type { SavedFile } from "@klingkit/jobs"
import { MediaStore } from "@klingkit/jobs/internal"
import { nodeFileHostBehindProxies } from "@klingkit/jobs/node"
import { resultsInStore } from "@klingkit/media/internal"
import { fileReply, fileServer, resultStoreSuite, sampleVideo, savingOptions } from "@klingkit/media/testing"
import { Clock, Effect, FileSystem, Layer, Redacted, Result, Stream } from "effect"
import { createHash } from "node:crypto"
import { startS3 } from "../testing/s3-server.ts"
import { s3MediaStore } from "./s3-media-store.ts"

const node = Layer.merge(NodeFileSystem.layer, NodePath.layer)
const key = Redacted.make("S3RVER")

/** An empty bucket, and a store that has it. */
const bucket = Effect.gen(function* () {
  const server = yield* Effect.acquireRelease(Effect.promise(startS3), ({ close }) => Effect.promise(close))
  const open = Effect.fnUntraced(function* (more: Partial<Parameters<typeof s3MediaStore>[0]> = {}) {
    const settings = {
      url: server.url,
      name: "media",
      origin: server.origin,
      accessKeyId: key,
      secretAccessKey: key,
      ...more
    }
    const context = yield* Layer.build(Layer.provide(s3MediaStore(settings), nodeFileHostBehindProxies))
    const store = yield* Effect.provideContext(MediaStore, context)
    if (store === undefined) throw new Error("there is no store")
    return store
  })
  return { server, open, store: yield* open() }
})

const fetchBytes = (url: string) =>
  Effect.promise(async () => {
    const response = await fetch(url)
    return response.status === 200 ? new Uint8Array(await response.arrayBuffer()) : undefined
  })

describe("a bucket", () => {
  resultStoreSuite(
    Effect.gen(function* () {
      const { server, store } = yield* bucket
      const root = yield* Effect.orDie((yield* FileSystem.FileSystem).makeTempDirectoryScoped())
      return {
        results: resultsInStore(store, "caller-1"),
        root,
        read: ({ uri }) => fetchBytes(uri),
        lose: ({ path }) => Effect.promise(() => server.lose(path.replace("s3://media/", "")))
      }
    })
  )
})

const content = new TextEncoder().encode("a video")
const object = {
  bytes: content.length,
  mimeType: "video/mp4",
  sha256: createHash("sha256").update(content).digest("hex"),
  content: Stream.make(content)
}

describe("an object", () => {
  it.live("is found with what it was stored with, and read by a link as what it is", () =>
    Effect.gen(function* () {
      const { store } = yield* bucket
      expect(yield* store.find("caller-1/a.mp4")).toBeUndefined()
      yield* store.put("caller-1/a.mp4", object)
      const { content: _, ...facts } = object
      expect(yield* store.find("caller-1/a.mp4")).toEqual(facts)
      const { url } = yield* store.link("caller-1/a.mp4", 'a "fox"é.mp4')
      const response = yield* Effect.promise(() => fetch(url))
      expect([
        response.status,
        response.headers.get("content-type"),
        response.headers.get("content-disposition")
      ]).toEqual([200, "video/mp4", 'attachment; filename="a _fox__.mp4"'])
    })
  )

  it.live("is not read by a link whose day is over, nor by one for another key", () =>
    Effect.gen(function* () {
      const { store } = yield* bucket
      for (const key of ["caller-1/a.mp4", "caller-2/a.mp4"]) yield* store.put(key, object)
      const clock = yield* Clock.Clock
      const at = (millis: number) =>
        Effect.provideService(
          store.link("caller-1/a.mp4"),
          Clock.Clock,
          Object.create(clock, { currentTimeMillis: { value: Effect.succeed(millis) } })
        )
      const now = clock.currentTimeMillisUnsafe()
      const hour = 3_600_000
      const [fresh, lateOne, over] = [yield* at(now), yield* at(now - 23 * hour), yield* at(now - 25 * hour)]
      const statusOf = (url: string) => Effect.promise(async () => (await fetch(url)).status)
      expect(fresh.expiresAt).toBe(now + 24 * hour)
      expect(yield* Effect.forEach([fresh.url, lateOne.url, over.url], statusOf)).toEqual([200, 200, 403])
      expect(yield* statusOf(fresh.url.replace("caller-1", "caller-2"))).toBe(403)
    })
  )

  it.live("has links at the origin that callers see", () =>
    Effect.gen(function* () {
      const { open } = yield* bucket
      const store = yield* open({ origin: "https://media.example" })
      yield* store.put("caller-1/a.mp4", object)
      expect(store.origin).toBe("https://media.example")
      expect((yield* store.link("caller-1/a.mp4")).url).toMatch(
        /^https:\/\/media\.example\/media\/caller-1\/a\.mp4\?.*X-Amz-Expires=86400/
      )
    })
  )
})

describe("a service that is not well", () => {
  it.live("is asked again", () =>
    Effect.gen(function* () {
      const { server, store } = yield* bucket
      server.refuse(2)
      yield* store.put("a.mp4", object)
      expect(server.requests).toEqual(Array.from({ length: 3 }, () => "PUT /media/a.mp4"))
      expect(yield* store.find("a.mp4")).toMatchObject({ bytes: object.bytes })
    })
  )

  it.live("is not asked again for what it denies, and no key is in what is said of it", () =>
    Effect.gen(function* () {
      const { server, open } = yield* bucket
      const store = yield* open({ secretAccessKey: Redacted.make("another-secret") })
      expect(yield* Effect.flip(store.put("a.mp4", object))).toMatchObject({
        detail: "HTTP 403, SignatureDoesNotMatch"
      })
      expect(server.requests).toHaveLength(1)
      expect(yield* Effect.flip(store.find("a.mp4"))).toMatchObject({ detail: "HTTP 403" })
    })
  )

  it.live("may be away: then the file waits on the disk, and is stored without being fetched again", () =>
    Effect.gen(function* () {
      const { server, store } = yield* bucket
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      const media = fileServer((request) => fileReply(sampleVideo(3000), request))
      const { save } = resultsInStore(store, "caller-1")
      const handle = "kk-t2v-1"
      const sidecarFor = ({ sha256 }: SavedFile) => JSON.stringify({ handle, file: { sha256 } })
      const saving = Effect.result(save(savingOptions(root, handle, { sidecarFor }))).pipe(Effect.provide(media.layer))
      server.refuse(Infinity)
      const failed = yield* saving
      expect(Result.isFailure(failed) && failed.failure).toMatchObject({
        detail: "the media store does not take it: HTTP 503; it waits on the server for the next download"
      })
      expect(yield* fs.readDirectory(root)).toHaveLength(2)
      server.refuse(0)
      const [saved] = Result.getOrThrow(yield* saving)
      expect(yield* fetchBytes(saved?.uri ?? "")).toEqual(sampleVideo(3000))
      expect([yield* fs.readDirectory(root), media.requests.length]).toEqual([[], 1])
      expect(yield* Effect.promise(server.keys)).toEqual(["caller-1/kk-t2v-1.mp4", "caller-1/kk-t2v-1.mp4.json"])
    }).pipe(Effect.provide(node))
  )
})

it.live("a caller gets no link to what another one has", () =>
  Effect.gen(function* () {
    const { store } = yield* bucket
    const { linkTo } = resultsInStore(store, "caller-1")
    expect(yield* linkTo("s3://media/caller-1/kk-t2v-a1-2.mp4")).toMatchObject({ index: 1 })
    for (const path of [
      "s3://media/caller-12/a.mp4",
      "s3://media/caller-2/a.mp4",
      "s3://other/caller-1/a.mp4",
      "/a.mp4"
    ]) {
      expect(yield* linkTo(path)).toBeUndefined()
    }
  })
)
