import { Effect } from "effect"
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { readImageHeader } from "@klingkit/core/internal"
import { ffmpegFolder } from "../testing/ffmpeg-folder.ts"
import { makeRealMedia } from "../testing/real-media.ts"
import { findFfmpeg } from "./ffmpeg.ts"

let folder = ""
let video = ""

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "klingkit-ffmpeg-"))
  video = join(folder, "video.mp4")
})
afterAll(() => rm(folder, { recursive: true }))

/** A program in ffmpeg's place, which only writes what it was asked for. */
const fakeFfmpeg = async (name: string, script: string): Promise<string> => {
  const path = await mkdtemp(join(folder, `${name}-`))
  await writeFile(join(path, "ffmpeg"), `#!/bin/sh\nfor last; do :; done\n${script}\n`)
  await chmod(join(path, "ffmpeg"), 0o755)
  return path
}

const decoderIn = async (searchPath: string) => {
  const decoder = await Effect.runPromise(findFfmpeg(searchPath))
  if (decoder === undefined) throw new Error("no decoder")
  return decoder
}

describe("the decoder", () => {
  it("is the first ffmpeg in a folder of the search path", async () => {
    const [first, second] = [await fakeFfmpeg("one", ""), await fakeFfmpeg("two", "")]
    await writeFile(join(first, "ffmpeg"), '#!/bin/sh\nfor last; do :; done\nprintf one > "${last#file:}"\n')
    const decoder = await decoderIn(["relative/bin", join(folder, "absent"), first, second].join(delimiter))
    expect(new TextDecoder().decode(await Effect.runPromise(decoder.frame(video, "first")))).toBe("one")
    expect(await Effect.runPromise(findFfmpeg(["bin", join(folder, "absent")].join(delimiter)))).toBeUndefined()
    expect(await Effect.runPromise(findFfmpeg(""))).toBeUndefined()
  })

  it("goes through the whole video where its last seconds hold no frame", async () => {
    const path = await fakeFfmpeg("late", 'case "$*" in *-sseof*) ;; *) printf whole > "${last#file:}" ;; esac')
    const decoder = await decoderIn(path)
    expect(new TextDecoder().decode(await Effect.runPromise(decoder.frame(video, "last")))).toBe("whole")
  })

  it("says why there is no frame", async () => {
    const broken = await decoderIn(await fakeFfmpeg("broken", 'echo "moov atom not found" >&2; exit 1'))
    expect(await Effect.runPromise(Effect.flip(broken.frame(video, "first")))).toMatchObject({
      detail: "moov atom not found"
    })
    const empty = await decoderIn(await fakeFfmpeg("empty", "exit 0"))
    expect(await Effect.runPromise(Effect.flip(empty.frame(video, "last")))).toMatchObject({
      detail: "it has no frame"
    })
  })
})

// The one that is installed for tests, and that of the system where it has one.
const decoders = await Promise.all(
  [ffmpegFolder, process.env["PATH"] ?? ""].map((path) => Effect.runPromise(findFfmpeg(path)))
)

describe.each(decoders.filter((decoder) => decoder !== undefined))("a real ffmpeg", (decoder) => {
  it("gives the first and the last frame in full size, and they differ", async () => {
    await writeFile(video, (await makeRealMedia()).mp4)
    const first = await Effect.runPromise(decoder.frame(video, "first"))
    const last = await Effect.runPromise(decoder.frame(video, "last"))
    for (const frame of [first, last]) {
      expect(readImageHeader(frame)).toMatchObject({ format: "jpg", width: 1280, height: 720 })
    }
    expect(Buffer.from(first).equals(Buffer.from(last))).toBe(false)
  })

  it("gives key frames of the whole video, none twice, and as many as it has", async () => {
    await writeFile(video, (await makeRealMedia()).mp4)
    const keyFrames = (count: number, everySeconds: number) =>
      Effect.runPromise(decoder.keyFrames(video, { count, everySeconds, maxSide: 256 }))
    const frames = await keyFrames(9, 2.9 / 8)
    expect(frames.map(readImageHeader)).toEqual(frames.map(() => expect.objectContaining({ width: 256, height: 144 })))
    expect(new Set(frames.map((frame) => Buffer.from(frame).toString("base64"))).size).toBe(9)
    expect(await keyFrames(9, 1)).toHaveLength(3)
  })

  it("reads nothing that is not an MP4, such as a list of other files", async () => {
    await writeFile(video, "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n")
    const wanted = { count: 9, everySeconds: 1, maxSide: 256 }
    const both = Effect.all([Effect.flip(decoder.frame(video, "first")), Effect.flip(decoder.keyFrames(video, wanted))])
    expect(await Effect.runPromise(both)).toMatchObject([{ _tag: "NotDecoded" }, { _tag: "NotDecoded" }])
  })
})
