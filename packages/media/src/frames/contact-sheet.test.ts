import { NodeServices } from "@effect/platform-node"
import { readImageHeader } from "@klingkit/core/internal"
import { Effect, Layer, Result } from "effect"
import { createHash } from "node:crypto"
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { FileHost, type FrameDecoder } from "../files/file-host.ts"
import { findFfmpeg } from "../node/ffmpeg.ts"
import { ffmpegFolder } from "../testing/ffmpeg-folder.ts"
import { fileReply, fileServer } from "../testing/file-server.ts"
import { makeRealMedia } from "../testing/real-media.ts"
import { contactSheet } from "./contact-sheet.ts"
import type { VideoToDecode } from "./local-video.ts"

let folder = ""
let video: Uint8Array = new Uint8Array()
const server = fileServer((request) => fileReply(video, request))
const url = "https://example.com/video.mp4"

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "klingkit-sheet-"))
  video = (await makeRealMedia()).mp4
})
afterAll(() => rm(folder, { recursive: true }))

const hostWith = (frameDecoder: Effect.Effect<FrameDecoder | undefined>) =>
  Layer.effect(
    FileHost,
    Effect.map(FileHost, (host) => ({ ...host, frameDecoder }))
  ).pipe(Layer.provide(server.layer))

const sheetOf = (video: VideoToDecode, frameDecoder = findFfmpeg(ffmpegFolder)) =>
  contactSheet(video, { klingIsLocal: false, privateHosts: [] }).pipe(
    Effect.scoped,
    Effect.result,
    Effect.provide(hostWith(frameDecoder)),
    Effect.provide(NodeServices.layer),
    Effect.runPromise
  )

describe("the contact sheet of a video", () => {
  it("is nine frames of the whole of it in its own shape, small enough for a chat", async () => {
    const sheet = Result.getOrThrow(await sheetOf({ url, copies: [] }))
    expect(sheet).toMatchObject({ width: 766, height: 439, images: 9 })
    expect(sheet.frameSeconds).toEqual([0, 0.4, 0.7, 1.1, 1.5, 1.8, 2.2, 2.5, 2.9])
    expect(readImageHeader(sheet.bytes)).toMatchObject({ format: "jpg", width: 766, height: 439 })
    expect(sheet.bytes.length).toBeLessThanOrEqual(100_000)
  })

  it("is made of the saved copy, and fetches nothing, while that is unchanged", async () => {
    const path = join(folder, "saved.mp4")
    await writeFile(path, video)
    const saved = { path, sha256: createHash("sha256").update(video).digest("hex") }
    const before = server.requests.length
    expect(Result.isSuccess(await sheetOf({ url, copies: [saved] }))).toBe(true)
    expect(server.requests).toHaveLength(before)
    await writeFile(path, "something else")
    expect(Result.isSuccess(await sheetOf({ url, copies: [saved] }))).toBe(true)
    expect(server.requests).toHaveLength(before + 1)
    expect(await readdir(folder)).toEqual(["saved.mp4"])
  })

  it("says why there is none, and fetches nothing without a decoder or against the policy", async () => {
    const before = server.requests.length
    expect(await sheetOf({ url, copies: [] }, Effect.succeed(undefined))).toMatchObject(
      Result.fail({ reason: "NoDecoder" })
    )
    expect(await sheetOf({ url: "http://127.0.0.1/video.mp4", copies: [] })).toMatchObject(
      Result.fail({ reason: "NotFetched" })
    )
    expect(server.requests).toHaveLength(before)
    const whole = video
    video = whole.subarray(0, 2000)
    expect(await sheetOf({ url, copies: [] })).toMatchObject(Result.fail({ reason: "NotDecoded" }))
    video = whole
    expect(await sheetOf({ copies: [] })).toMatchObject(Result.fail({ reason: "NotFetched" }))
  })
})
