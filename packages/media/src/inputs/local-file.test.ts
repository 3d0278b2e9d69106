import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Option, PlatformError } from "effect"
import { CallerFolders, findLocalFile, type MediaFolders } from "./local-file.ts"

const node = Layer.merge(NodeFileSystem.layer, NodePath.layer)

/** A home folder with two readable folders and one that is not, each with an image. */
const machine = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.realPath(yield* fs.makeTempDirectoryScoped())
  for (const name of ["out", "album", "album2", "private"]) {
    yield* fs.makeDirectory(`${folder}/${name}`)
    yield* fs.writeFileString(`${folder}/${name}/${name}.png`, name)
  }
  const config: MediaFolders = { homeDir: folder, outputDir: `${folder}/out`, inputDirs: [`${folder}/album`] }
  return { fs, folder, config }
})

const found = (value: string, config: MediaFolders) =>
  findLocalFile("image_url", value, config).pipe(
    Effect.map(Option.match({ onNone: () => "nothing", onSome: ({ realPath }) => realPath })),
    Effect.catch((error) => Effect.succeed(`${error._tag === "FileDenied" ? error._tag : error.code} ${error.message}`))
  )

describe("a file on this machine", () => {
  it.effect("is searched in the readable folders, never in the working directory", () =>
    Effect.gen(function* () {
      const { folder, config } = yield* machine
      expect(yield* found("album.png", config)).toBe(`${folder}/album/album.png`)
      expect(yield* found("./out.png", config)).toBe(`${folder}/out/out.png`)
      expect(yield* found("package.json", config)).toBe("nothing")
      expect(yield* found("package.json", { ...config, inputDirs: "anywhere" })).toBe(`${process.cwd()}/package.json`)
    }).pipe(Effect.provide(node))
  )

  it.effect("outside of them is refused with the same message whether or not it exists", () =>
    Effect.gen(function* () {
      const { fs, folder, config } = yield* machine
      yield* fs.symlink(`${folder}/private`, `${folder}/album/door`)
      for (const value of [
        `${folder}/private/private.png`,
        `${folder}/private/gone.png`,
        `~/private/private.png`,
        `../private/private.png`,
        `door/private.png`,
        `${folder}/album2/album2.png`,
        `file://${folder}/private/private.png`,
        `file://localhost${folder}/private/private.png`,
        "/proc/self/environ"
      ]) {
        expect(yield* found(value, config)).toBe(
          `FileDenied ${value}: is outside the readable folders on the machine that runs klingkit: ${folder}/out, ${folder}/album`
        )
      }
    }).pipe(Effect.provide(node))
  )

  it.effect("may be in a folder that the caller allows, by path or by file URL", () =>
    Effect.gen(function* () {
      const { folder, config } = yield* machine
      const opened = ["relative", `file://${folder}/private`, "file://%zz", `${folder}/gone`]
      const value = `${folder}/private/private.png`
      expect(yield* found(value, config).pipe(Effect.provideService(CallerFolders, Effect.succeed(opened)))).toBe(value)
      expect(yield* found(value, config)).toMatch(/^FileDenied /)
    }).pipe(Effect.provide(node))
  )

  it.effect("on another machine or system is reported as such", () =>
    Effect.gen(function* () {
      const { config } = yield* machine
      for (const value of ["\\\\server\\share\\a.png", "file://server/share/a.png"]) {
        expect(yield* found(value, config)).toContain("is on another machine; give a file on the machine that")
      }
      for (const value of ["C:\\Users\\me\\a.png", "d:/a.png", "file:///C:/Users/me/a.png"]) {
        expect(yield* found(value, config)).toContain("is a Windows path, but klingkit does not run on Windows")
      }
    }).pipe(Effect.provide(node))
  )
})

describe("a file on Windows", () => {
  const config: MediaFolders = {
    homeDir: "C:\\Users\\me",
    outputDir: "C:\\Users\\me\\klingkit",
    inputDirs: ["D:\\Pictures"]
  }
  const there = ["C:\\Users\\me\\klingkit\\a.png", "D:\\Pictures\\cat 1.png", "D:\\private.png"]
  const resolved: Array<string> = []
  const missing = (path: string) =>
    PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "realPath", pathOrDescriptor: path })
  const windows = Layer.merge(
    NodePath.layerWin32,
    FileSystem.layerNoop({
      realPath: (path) => {
        resolved.push(path)
        return there.includes(path) ? Effect.succeed(path) : Effect.fail(missing(path))
      }
    })
  )

  it.effect.each([
    ["D:\\Pictures\\cat 1.png", there[1]],
    ["D:/Pictures/cat 1.png", there[1]],
    ["file:///D:/Pictures/cat%201.png", there[1]],
    ["cat 1.png", there[1]],
    ["~\\klingkit\\a.png", there[0]],
    ["D:\\private.png", "FileDenied"],
    ["D:\\Pictures\\..\\private.png", "FileDenied"],
    ["C:private.png", "nothing"]
  ] as const)("%s", ([value, outcome]) =>
    Effect.gen(function* () {
      expect(yield* found(value, config)).toContain(outcome)
    }).pipe(Effect.provide(windows))
  )

  it.effect.each([
    "\\\\server\\share\\a.png",
    "//server/share/a.png",
    "file://server/share/a.png",
    "\\\\?\\D:\\private.png",
    "\\\\.\\pipe\\x"
  ])("is not opened on a server, which would receive the user's name and password hash: %s", (value) =>
    Effect.gen(function* () {
      resolved.length = 0
      expect(yield* found(value, config)).toContain("is on another machine")
      expect(resolved.filter((path) => path.includes("server"))).toEqual([])
    }).pipe(Effect.provide(windows))
  )
})
