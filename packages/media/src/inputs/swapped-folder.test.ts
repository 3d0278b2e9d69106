import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Random, Result } from "effect"
import { Base64 } from "effect/encoding"
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { FileHost } from "../files/file-host.ts"
import { nodeFileHost } from "../node/node-file-host.ts"
import { locateFolder, openFile } from "../node/open-file.ts"
import { readMediaInput } from "./media-input.ts"

const node = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, nodeFileHost)
/** Each is read in two steps. */
const [ours, foreign] = [new Uint8Array(300_000).fill(1), new Uint8Array(300_000).fill(2)] as const

/** An album with an image, and a folder outside with another one of the same name; `swap` replaces one by a link to the other. */
const machine = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => realpathSync(mkdtempSync(`${tmpdir()}/klingkit-swap-`))),
    (base) => Effect.sync(() => rmSync(base, { recursive: true, force: true }))
  ),
  (base) => {
    for (const [folder, bytes] of [
      ["readable/album", ours],
      ["outside", foreign]
    ] as const) {
      mkdirSync(`${base}/${folder}`, { recursive: true })
      writeFileSync(`${base}/${folder}/boat.png`, bytes)
    }
    const [album, away] = [`${base}/readable/album`, `${base}/readable/away`]
    let isSwapped = false
    const swap = Effect.sync(() => {
      if (isSwapped) {
        unlinkSync(album)
        renameSync(away, album)
      } else {
        renameSync(album, away)
        symlinkSync(`${base}/outside`, album)
      }
      isSwapped = !isSwapped
    })
    const config = { homeDir: base, outputDir: `${base}/out`, inputDirs: [`${base}/readable`] }
    return { album, swap, config }
  }
)

/** Both implementations of Node's host, with something that happens before each of its steps and each of the file system. */
const hostWith = (pin: boolean, before: (step: string) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const host = yield* FileHost
    const after = <A, E, R>(step: string, work: Effect.Effect<A, E, R>) => Effect.andThen(before(step), work)
    return Layer.mergeAll(
      NodePath.layer,
      Layer.succeed(FileSystem.FileSystem, {
        ...fs,
        realPath: (path) => after("realPath", fs.realPath(path)),
        stat: (path) => after("stat", fs.stat(path))
      }),
      Layer.succeed(FileHost, {
        ...host,
        openFile: (path) =>
          Effect.map(after("open", openFile(path, pin)), (file) => ({
            ...file,
            read: (buffer: Uint8Array, position: number) => after("read", file.read(buffer, position))
          })),
        locateFolder: (folder) => after("locate", locateFolder(folder, pin))
      })
    )
  })

const implementations = [
  ["by descriptor", true],
  ["by path", false]
] as const

describe.each(implementations)("a folder that a link replaces, files opened %s", (_, pin) => {
  it.effect("after the file was found: the file behind the link is not read", () =>
    Effect.gen(function* () {
      const { album, swap, config } = yield* machine
      const host = yield* hostWith(pin, (step) => (step === "open" ? swap : Effect.void))
      const error = yield* Effect.flip(readMediaInput("image", "image", `${album}/boat.png`, config)).pipe(
        Effect.provide(host)
      )
      expect(error._tag).toBe("FileDenied")
    }).pipe(Effect.provide(node))
  )

  it.effect("while the file is read: the file that was opened is read to its end", () =>
    Effect.gen(function* () {
      const { album, swap, config } = yield* machine
      const host = yield* hostWith(pin, (step) => (step === "read" ? swap : Effect.void))
      const read = yield* readMediaInput("image", "image", `${album}/boat.png`, config).pipe(Effect.provide(host))
      expect(read === Base64.encode(ours)).toBe(true)
    }).pipe(Effect.provide(node))
  )

  it.effect("before any steps: 100 random runs read the image in the folder, or nothing", () =>
    Effect.gen(function* () {
      const [read, refused] = [new Set<string>(), new Set<string>()]
      const runs = Effect.forEach(
        Array.from({ length: 100 }),
        Effect.fnUntraced(function* () {
          const { album, swap, config } = yield* machine
          const host = yield* hostWith(pin, () =>
            Effect.flatMap(Random.nextBoolean, (isTurn) => (isTurn ? swap : Effect.void))
          )
          const result = yield* Effect.result(readMediaInput("image", "image", `${album}/boat.png`, config)).pipe(
            Effect.provide(host)
          )
          if (Result.isSuccess(result)) read.add(result.success)
          else refused.add(result.failure._tag)
        }, Effect.scoped)
      )
      yield* runs.pipe(Random.withSeed("klingkit"))
      expect([...read].map((text) => text === Base64.encode(ours))).toEqual([true])
      expect(refused).toContain("FileDenied")
    }).pipe(Effect.provide(node))
  )
})
