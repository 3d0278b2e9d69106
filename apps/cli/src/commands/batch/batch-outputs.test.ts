import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { DatabaseSync } from "node:sqlite"
import { batchFile } from "../../testing/batch-file.ts"

const images = "id,kind,prompt,n\nfox,image,a red fox,\nboat,image,a paper boat,2\n,image,a lighthouse,\n"

const media = (names: ReadonlyArray<string>) => names.filter((name) => !name.endsWith(".json")).toSorted()

describe("the files of a batch", () => {
  it.live("are named by the ids of its lines, or their numbers", () =>
    Effect.gen(function* () {
      const { home, run, names } = yield* batchFile("shots.csv", images)
      const { exitCode } = yield* run("--output", `${home}/shots`)
      expect([exitCode, media(yield* names("shots"))]).toEqual([0, ["3.png", "boat-1.png", "boat-2.png", "fox.png"]])
    }).pipe(Effect.scoped)
  )

  it.live("are named as a template says, with leading zeros in numbers", () =>
    Effect.gen(function* () {
      const lines = Array.from({ length: 10 }, (_, index) => ({
        kind: "image",
        prompt: `boat ${index}`,
        id: index < 9 ? undefined : "007"
      }))
      const { home, run, names } = yield* batchFile("shots.json", JSON.stringify(lines))
      const only = ["--only", "2", "--only", "007"]
      expect((yield* run("--output", `${home}/out/shot-{id}.png`, ...only)).exitCode).toBe(0)
      expect(media(yield* names("out"))).toEqual(["shot-007.png", "shot-02.png"])
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["an unknown placeholder", ["--output", "{idd}.png"], 'has unknown "{idd}"'],
    ["one file for all", ["--output", "one.png"], "line boat: --output would save under the same name as line fox"],
    ["a folder that keeps no files", ["--output", "/proc/klingkit/out"], "the system keeps no files there"],
    ["a file as folder", ["--output", "file/deeper"], "is not a folder"],
    ["an existing file", ["--output", "."], "fox.png already exists"]
  ] as const)("are refused before anything is paid: %s", ([, [flag, output], message]) =>
    Effect.gen(function* () {
      const two = "id,kind,prompt\nfox,image,a red fox\nboat,image,a paper boat\n"
      const { home, fs, run, requests } = yield* batchFile("shots.csv", two)
      yield* fs.writeFileString(`${home}/file`, "")
      yield* fs.writeFileString(`${home}/fox.png`, "mine")
      const target = output.startsWith("/") ? output : `${home}/${output}`
      for (const more of [[], ["--dry-run"]]) {
        const { exitCode, stderr, answer } = yield* run(flag, target, ...more)
        expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)])
        expect(answer).toMatchObject({ error: { charged: "no" } })
      }
      expect(yield* requests).toEqual([])
      expect(yield* fs.readFileString(`${home}/fox.png`)).toBe("mine")
    }).pipe(Effect.scoped)
  )

  it.live("are all refused at once, with the lines that they belong to", () =>
    Effect.gen(function* () {
      const clash =
        "id,kind,prompt,output,n\na,image,one,x.png,\nb,image,two,X.png,\nc,image,three,c.png,2\nd,image,four,{who}.png,\n"
      const { home, run, requests } = yield* batchFile("shots.csv", clash)
      const { answer } = yield* run("--output", `${home}/out`)
      const { error } = answer as { readonly error: { readonly problems: ReadonlyArray<{ readonly field: string }> } }
      expect(error.problems.map(({ field }) => field)).toEqual(["line b: output", "line c: output", "line d: output"])
      expect(yield* requests).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("that an earlier run has saved are kept, and saved again where they are gone or wanted elsewhere", () =>
    Effect.gen(function* () {
      const { home, fs, run, names, charges } = yield* batchFile("shots.csv", images)
      const out = ["--output", `${home}/out`]
      const first = yield* run(...out)
      expect((yield* run(...out)).lines.map(({ files }) => files)).toEqual(first.lines.map(({ files }) => files))
      yield* fs.remove(`${home}/out/fox.png`)
      yield* fs.remove(`${home}/out/fox.png.json`)
      expect((yield* run(...out)).exitCode).toBe(0)
      expect(yield* names("out")).toContain("fox.png")
      expect((yield* run("--output", `${home}/other/{id}-{index}.png`)).exitCode).toBe(0)
      expect(media(yield* names("other"))).toEqual(["3-1.png", "boat-1.png", "boat-2.png", "fox-1.png"])
      expect(yield* charges).toHaveLength(3)
    }).pipe(Effect.scoped)
  )

  it.live(
    "are recognized after a kill between saving and recording them; another's file stays, and the charge is not denied",
    () =>
      Effect.gen(function* () {
        const { home, fs, run, charges } = yield* batchFile("shots.csv", "id,kind,prompt\nfox,image,a red fox\n")
        const out = ["--output", `${home}/out`]
        expect((yield* run(...out)).exitCode).toBe(0)
        const purge = Effect.sync(() => {
          const database = new DatabaseSync(`${home}/ledger/ledger.db`)
          database.exec("UPDATE klingkit_jobs SET files = '[]', state = 'SUCCEEDED'")
          database.close()
        })
        yield* purge
        expect((yield* run(...out)).exitCode).toBe(0)
        yield* purge
        yield* fs.writeFileString(`${home}/out/fox.png`, "mine")
        yield* fs.remove(`${home}/out/fox.png.json`)
        const { exitCode, stderr, lines } = yield* run(...out)
        expect([exitCode, stderr]).toEqual([1, expect.stringContaining("Charged: yes, $0.028\n")])
        expect(lines).toMatchObject([{ handle: expect.stringMatching(/^kk-/), error: { code: "JOB_FILE_EXISTS" } }])
        expect(yield* fs.readFileString(`${home}/out/fox.png`)).toBe("mine")
        expect(yield* charges).toHaveLength(1)
      }).pipe(Effect.scoped)
  )

  it.live("are saved once by two runs at the same time, and both succeed", () =>
    Effect.gen(function* () {
      const { home, run, names, charges } = yield* batchFile("shots.csv", images)
      const both = yield* Effect.all([run("--output", `${home}/out`), run("--output", `${home}/out`)], {
        concurrency: "unbounded"
      })
      expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0])
      expect(media(yield* names("out"))).toEqual(["3.png", "boat-1.png", "boat-2.png", "fox.png"])
      expect(yield* charges).toHaveLength(3)
    }).pipe(Effect.scoped)
  )
})
