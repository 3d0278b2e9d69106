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

/** A root to save in, and a folder outside it that must stay empty. */
const testFolders = Effect.map(
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

/** On Linux both implementations work, so both are tested. */
const implementations = [
  ["by descriptor", true],
  ["by path", false]
] as const

describe.each(implementations)("a folder opened %s", (_, pin) => {
  it.effect("is created with its parents, following links in the root", () =>
    Effect.gen(function* () {
      const { root, outside } = yield* testFolders
      symlinkSync(outside, join(root, "linked"))
      const folder = yield* openFolder(join(root, "linked", "new"), ["a", "b"], pin)
      yield* folder.assertUnchanged
      writeFileSync(folder.pathOf("x"), "1")
      expect(readdirSync(join(outside, "new", "a", "b"))).toEqual(["x"])
    })
  )

  it.effect("is denied when a link or a file is in the way below the root", () =>
    Effect.gen(function* () {
      const { root, outside } = yield* testFolders
      symlinkSync(outside, join(root, "link"))
      writeFileSync(join(root, "file"), "")
      for (const below of [["link"], ["link", "a"], ["file"], ["file", "a"]]) {
        const denied = yield* Effect.flip(openFolder(root, below, pin))
        expect(denied.folder).toBe(join(root, below[0] ?? ""))
        expect(denied.detail).toBe("a file or symbolic link is in the way")
      }
      expect(readdirSync(outside)).toEqual([])
    })
  )

  it.effect("is denied where the system keeps no files, also behind a link", () =>
    Effect.gen(function* () {
      const { root } = yield* testFolders
      symlinkSync("/proc", join(root, "link"))
      for (const folder of ["/proc/klingkit/out", join(root, "link", "out"), "/dev/klingkit"]) {
        const { detail } = yield* Effect.flip(openFolder(folder, [], pin))
        expect(detail).toBe("the system keeps no files there")
      }
    })
  )

  it.effect("is not confused with another one that replaced it", () =>
    Effect.gen(function* () {
      const { root, outside } = yield* testFolders
      const folder = yield* openFolder(root, ["a", "b"], pin)
      renameSync(join(root, "a"), join(root, "away"))
      const gone = yield* Effect.flip(folder.assertUnchanged)
      symlinkSync(outside, join(root, "a"))
      mkdirSync(join(outside, "b"))
      const linked = yield* Effect.flip(folder.assertUnchanged)
      expect([gone.folder, linked.folder]).toEqual([join(root, "a", "b"), join(root, "a", "b")])
      expect(linked.detail).toBe("the folder was replaced")
    })
  )
})

/** What a download does: create a file, check the folder, write a byte, rename. */
const saveOne = async (folder: OpenFolder, name: string) => {
  const file = await open(folder.pathOf(`${name}.part`), "wx")
  try {
    await Effect.runPromise(Effect.ignore(folder.assertUnchanged))
    await file.write("x")
    await rename(folder.pathOf(`${name}.part`), folder.pathOf(name))
  } finally {
    await file.close()
  }
}

describe("a folder that is continuously replaced by a link", () => {
  it.live(
    "never lets a file escape in 10,000 attempts",
    () =>
      Effect.gen(function* () {
        const { root, outside } = yield* testFolders
        mkdirSync(join(root, "videos"))
        const stop = new SharedArrayBuffer(8)
        const flags = new Int32Array(stop)
        const workerData = { folder: join(root, "videos"), outside, stop }
        const worker = new Worker(new URL("testing/symlink-racer.ts", import.meta.url), { workerData })
        yield* Effect.addFinalizer(() =>
          Effect.promise(() => {
            Atomics.store(flags, 0, 1)
            return worker.terminate()
          })
        )
        let [saved, refused] = [0, 0]
        for (let attempt = 0; attempt < 10_000; attempt++) {
          const result = yield* openFolder(root, ["videos"]).pipe(
            Effect.flatMap((folder) => Effect.tryPromise(() => saveOne(folder, `video-${attempt}`))),
            Effect.scoped,
            Effect.result
          )
          if (Result.isSuccess(result)) saved += 1
          else refused += 1
        }
        expect(readdirSync(outside)).toEqual([])
        // There really was a race: the folder was replaced often, and both outcomes occurred.
        expect(Atomics.load(flags, 1)).toBeGreaterThan(1000)
        expect(saved).toBeGreaterThan(100)
        expect(refused).toBeGreaterThan(100)
      }),
    120_000
  )
})
