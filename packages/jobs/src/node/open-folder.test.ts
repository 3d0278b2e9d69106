import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { open, rename } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Worker } from "node:worker_threads"
import type { OpenFolder } from "../files/file-host.ts"
import { openFolder } from "./open-folder.ts"

/** A root to save in, and a folder outside of it that must stay empty. */
const places = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => realpathSync(mkdtempSync(join(tmpdir(), "klingkit-folder-")))),
    (base) => Effect.sync(() => rmSync(base, { recursive: true, force: true }))
  ),
  (base) => {
    const [root, outside] = [join(base, "root"), join(base, "outside")]
    mkdirSync(root)
    mkdirSync(outside)
    return { root, outside }
  }
)

/** On Linux both ways work, so both are tried. */
const ways = [
  ["through the open folder", true],
  ["by looking again", false]
] as const

describe.each(ways)("a folder that is kept %s", (_, pin) => {
  it.effect("is made with those above it, and is the one that the root's own link leads to", () =>
    Effect.gen(function* () {
      const { root, outside } = yield* places
      symlinkSync(outside, join(root, "linked"))
      const folder = yield* openFolder(join(root, "linked", "new"), ["a", "b"], pin)
      yield* folder.check
      writeFileSync(folder.at("x"), "1")
      expect(readdirSync(join(outside, "new", "a", "b"))).toEqual(["x"])
    })
  )

  it.effect("is refused when a link or a file is in its place below the root", () =>
    Effect.gen(function* () {
      const { root, outside } = yield* places
      symlinkSync(outside, join(root, "link"))
      writeFileSync(join(root, "file"), "")
      for (const below of [["link"], ["link", "a"], ["file"], ["file", "a"]]) {
        const refused = yield* Effect.flip(openFolder(root, below, pin))
        expect(refused.folder).toBe(join(root, below[0] ?? ""))
        expect(refused.detail).toBe("a file or a link is in the way of the folder")
      }
      expect(readdirSync(outside)).toEqual([])
    })
  )

  it.effect("is not taken for another one that was put in its place since", () =>
    Effect.gen(function* () {
      const { root, outside } = yield* places
      const folder = yield* openFolder(root, ["a", "b"], pin)
      renameSync(join(root, "a"), join(root, "away"))
      const gone = yield* Effect.flip(folder.check)
      symlinkSync(outside, join(root, "a"))
      mkdirSync(join(outside, "b"))
      const linked = yield* Effect.flip(folder.check)
      expect([gone.folder, linked.folder]).toEqual([join(root, "a", "b"), join(root, "a", "b")])
      expect(linked.detail).toBe("another folder was put in its place")
    })
  )
})

/** What a download does: a new file, checked, a byte, a name. */
const saveOne = async (folder: OpenFolder, name: string) => {
  const file = await open(folder.at(`${name}.part`), "wx")
  try {
    await Effect.runPromise(Effect.ignore(folder.check))
    await file.write("x")
    await rename(folder.at(`${name}.part`), folder.at(name))
  } finally {
    await file.close()
  }
}

describe("a folder that somebody exchanges for a link all the time", () => {
  it.live(
    "lets no file come outside in 10,000 attempts",
    () =>
      Effect.gen(function* () {
        const { root, outside } = yield* places
        mkdirSync(join(root, "films"))
        const stop = new SharedArrayBuffer(8)
        const flags = new Int32Array(stop)
        const workerData = { folder: join(root, "films"), outside, stop }
        const worker = new Worker(new URL("testing/swapper.ts", import.meta.url), { workerData })
        yield* Effect.addFinalizer(() =>
          Effect.promise(() => {
            Atomics.store(flags, 0, 1)
            return worker.terminate()
          })
        )
        let [saved, refused] = [0, 0]
        for (let attempt = 0; attempt < 10_000; attempt++) {
          const result = yield* openFolder(root, ["films"]).pipe(
            Effect.flatMap((folder) => Effect.tryPromise(() => saveOne(folder, `film-${attempt}`))),
            Effect.scoped,
            Effect.result
          )
          if (Result.isSuccess(result)) saved += 1
          else refused += 1
        }
        expect(readdirSync(outside)).toEqual([])
        // The race was one: the folder was exchanged often, and was met both ways.
        expect(Atomics.load(flags, 1)).toBeGreaterThan(1000)
        expect(saved).toBeGreaterThan(100)
        expect(refused).toBeGreaterThan(100)
      }),
    120_000
  )
})
