import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, PlatformError } from "effect"
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkDestinations, type Destination } from "./check-destinations.ts"

const inFolder = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => realpathSync(mkdtempSync(join(tmpdir(), "klingkit-destination-")))),
    (base) => Effect.sync(() => rmSync(base, { recursive: true, force: true }))
  ),
  (base) => ({
    base,
    /** The problems of requests, each named by its number, as sentences. */
    problems: (...requests: ReadonlyArray<Partial<Destination>>) =>
      checkDestinations(
        requests.map((request, index) => ({
          field: `${index + 1}`,
          folder: base,
          facts: {},
          count: 1,
          overwrite: false,
          ...request
        }))
      ).pipe(
        Effect.map((found) => found.map(({ field, message }) => `${field} ${message}`)),
        Effect.provide(NodeServices.layer)
      )
  })
)

const id = (name: string): Partial<Destination> => ({ nameTemplate: "{id}.{ext}", facts: { id: name } })

describe("where results will be saved", () => {
  it.effect("has no problem if every name is new and its own, also in a folder that is absent; creates nothing", () =>
    Effect.gen(function* () {
      const { base, problems } = yield* inFolder
      expect(yield* problems(id("a"), id("b"), {}, {}, { folder: join(base, "new/deep"), fileName: "a.mp4" })).toEqual(
        []
      )
      expect(readdirSync(base)).toEqual([])
    })
  )

  it.effect("is checked for all requests at once: templates, names, folders, files that exist", () =>
    Effect.gen(function* () {
      const { base, problems } = yield* inFolder
      writeFileSync(join(base, "fox.webm"), "mine")
      mkdirSync(join(base, "boat.mp4"))
      const found = yield* problems(
        { nameTemplate: "{idd}.mp4", templateField: "name" },
        { fileName: "a.mp4", count: 2 },
        { fileName: "x".repeat(300) },
        { folder: join(base, "fox.webm", "deeper") },
        id("fox"),
        { ...id("boat"), overwrite: true }
      )
      expect(found).toEqual([
        expect.stringMatching(/^name has unknown "\{idd\}"; use .*; did you mean \{id\}\?$/),
        "2 is one file name, but 2 files are expected; give a folder",
        expect.stringContaining("3 the file name must be at most 240 bytes"),
        `4 cannot be the folder ${base}/fox.webm/deeper: ${base}/fox.webm is not a folder`,
        `5 ${base}/fox.webm already exists`,
        `6 cannot be the file ${base}/boat.mp4: it is a folder`
      ])
    })
  )

  it.effect("may hold an existing file that is to be overwritten", () =>
    Effect.gen(function* () {
      const { base, problems } = yield* inFolder
      writeFileSync(join(base, "fox.mp4"), "mine")
      expect(yield* problems({ ...id("fox"), overwrite: true })).toEqual([])
    })
  )

  it.effect.each([
    ["the same file", { fileName: "fox.mp4" }, { fileName: "fox.mp4" }],
    ["names that differ in case", { fileName: "Fox.mp4" }, { fileName: "fox.mp4" }],
    ["a template without anything of its own", { nameTemplate: "{date}-{time}" }, { nameTemplate: "{date}-{time}" }],
    ["ids that are one file name", id("a/b"), id("a-b")],
    ["a result and the second of several", id("fox-2"), { ...id("fox"), count: 2 }],
    ["a name whose extension is not known yet", id("fox"), { fileName: "fox.mp4" }]
  ] as const)("refuses %s for two requests", ([, first, second]) =>
    Effect.gen(function* () {
      const { problems } = yield* inFolder
      expect(yield* problems(first, second)).toEqual([
        expect.stringContaining("2 would save under the same name as 1: ")
      ])
    })
  )

  it.effect.each(["/proc/klingkit/out", "/sys/klingkit", "/dev/null", "/dev/klingkit"])("is not %s", (folder) =>
    Effect.gen(function* () {
      const { base, problems } = yield* inFolder
      expect(yield* problems({ folder })).toEqual([expect.stringContaining("cannot be the folder")])
      symlinkSync("/proc", join(base, "link"))
      expect(yield* problems({ folder: join(base, "link", "out") })).toEqual([
        expect.stringContaining("the system keeps no files there")
      ])
    })
  )

  it.effect("is not a folder without permission to write", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const access = () =>
        Effect.fail(PlatformError.systemError({ _tag: "PermissionDenied", module: "FileSystem", method: "access" }))
      const check = checkDestinations([{ field: "--output", folder: "/", facts: {}, count: 1, overwrite: false }])
      const problems = yield* Effect.provideService(check, FileSystem.FileSystem, { ...fs, access })
      expect(problems).toMatchObject([{ message: "cannot be the folder /: no permission to write there" }])
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
