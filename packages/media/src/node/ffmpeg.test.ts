import { Effect } from "effect"
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { readImageHeader } from "@klingkit/core/internal"
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
    const decode = await decoderIn(["relative/bin", join(folder, "absent"), first, second].join(delimiter))
    expect(new TextDecoder().decode(await Effect.runPromise(decode(video, "first")))).toBe("one")
    expect(await Effect.runPromise(findFfmpeg(["bin", join(folder, "absent")].join(delimiter)))).toBeUndefined()
    expect(await Effect.runPromise(findFfmpeg(""))).toBeUndefined()
  })

  it("goes through the whole video where its last seconds hold no frame", async () => {
    const path = await fakeFfmpeg("late", 'case "$*" in *-sseof*) ;; *) printf whole > "${last#file:}" ;; esac')
    const decode = await decoderIn(path)
    expect(new TextDecoder().decode(await Effect.runPromise(decode(video, "last")))).toBe("whole")
  })

  it("says why there is no frame", async () => {
    const broken = await decoderIn(await fakeFfmpeg("broken", 'echo "moov atom not found" >&2; exit 1'))
    expect(await Effect.runPromise(Effect.flip(broken(video, "first")))).toMatchObject({
      detail: "moov atom not found"
    })
    const empty = await decoderIn(await fakeFfmpeg("empty", "exit 0"))
    expect(await Effect.runPromise(Effect.flip(empty(video, "last")))).toMatchObject({ detail: "it has no frame" })
  })
})

// Where a real one is at hand, it must do what is expected of it.
const found = await Effect.runPromise(findFfmpeg(process.env["PATH"] ?? ""))

describe.each([found].filter((decoder) => decoder !== undefined))("a real ffmpeg", (decode) => {
  it("gives the first and the last frame in full size, and they differ", async () => {
    await writeFile(video, (await makeRealMedia()).mp4)
    const first = await Effect.runPromise(decode(video, "first"))
    const last = await Effect.runPromise(decode(video, "last"))
    for (const frame of [first, last]) {
      expect(readImageHeader(frame)).toMatchObject({ format: "jpg", width: 1280, height: 720 })
    }
    expect(Buffer.from(first).equals(Buffer.from(last))).toBe(false)
  })

  it("reads nothing that is not an MP4, such as a list of other files", async () => {
    await writeFile(video, "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n")
    expect(await Effect.runPromise(Effect.flip(decode(video, "first")))).toMatchObject({ _tag: "NotDecoded" })
  })
})
