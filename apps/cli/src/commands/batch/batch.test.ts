import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { emulatedKling } from "../../testing/emulator.ts"
import { klingkit } from "../../testing/run-klingkit.ts"

const csv = [
  "id,kind,prompt,duration,n,output",
  "fox,video,a red fox in snow,5,,fox.mp4",
  "boat,,a paper boat,10,,",
  'house,image,"a lighthouse, linocut",,2,'
].join("\n")

const yaml = `name: films
defaults:
  duration: 5
lines:
  - { id: fox, prompt: a red fox in snow }
  - { id: boat, prompt: a paper boat, aspect-ratio: "9:16" }
`

/** A Kling, and a manifest beside it. */
const withManifest = Effect.fnUntraced(function* (name: string, text: string) {
  const kling = yield* emulatedKling()
  const file = `${kling.home}/${name}`
  const fs = yield* FileSystem.FileSystem
  const write = (content: string) => fs.writeFileString(file, content)
  yield* write(text)
  return { ...kling, file, write, fs }
}, Effect.provide(NodeServices.layer))

describe("klingkit batch", () => {
  it.live("--dry-run shows each line and the sum, and sends nothing", () =>
    Effect.gen(function* () {
      const { file, env, requests } = yield* withManifest("films.csv", csv)
      const { exitCode, stdout } = yield* klingkit(["batch", file, "--dry-run", "--json"], { env })
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({
        quote: { usd: 1.316, state: "exact" },
        lines: [{ id: "fox" }, { id: "boat", quote: { units: 6 } }, { id: "house", quote: { units: 16 } }]
      })
      expect(yield* requests).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("sends and saves each line, and pays nothing when it is run again", () =>
    Effect.gen(function* () {
      const { file, env, home, charges, fs } = yield* withManifest("films.csv", csv)
      const args = ["batch", file, "--output", `${home}/films`, "--json"]
      const first = yield* klingkit(args, { env })
      expect([first.exitCode, first.stderr]).toEqual([0, expect.stringContaining("3 of 3")])
      const ends = JSON.parse(first.stdout) as ReadonlyArray<{ status: string; files: ReadonlyArray<string> }>
      expect(ends.map(({ status, files }) => [status, files.length])).toEqual([
        ["succeed", 1],
        ["succeed", 1],
        ["succeed", 2]
      ])
      const again = yield* klingkit(args, { env })
      expect([again.exitCode, JSON.parse(again.stdout)]).toMatchObject([0, ends.map(({ files }) => ({ files }))])
      const [fox = ""] = ends[0]?.files ?? []
      yield* fs.remove(fox)
      expect((yield* klingkit(args, { env })).exitCode).toBe(0)
      expect(yield* fs.exists(fox)).toBe(true)
      expect(yield* charges).toHaveLength(3)
    }).pipe(Effect.scoped)
  )

  it.live("reads YAML with defaults; a line that is changed is a new one, a line that is moved is not", () =>
    Effect.gen(function* () {
      const { file, env, write, charges } = yield* withManifest("films.yaml", yaml)
      expect((yield* klingkit(["batch", file, "--wait"], { env })).exitCode).toBe(0)
      const [name = "", fox = "", boat = ""] = yaml.split(/(?=^ {2}- )/m)
      yield* write(`${name}${boat}${fox}`)
      expect((yield* klingkit(["batch", file, "--wait"], { env })).exitCode).toBe(0)
      expect(yield* charges).toHaveLength(2)
      yield* write(yaml.replace("in snow", "in rain"))
      expect((yield* klingkit(["batch", file, "--wait"], { env })).exitCode).toBe(0)
      expect(yield* charges).toHaveLength(3)
    }).pipe(Effect.scoped)
  )

  it.live.each([
    [
      "a field that is none",
      "prompt,resoluton\na fox,720p\n",
      "line 1: resoluton is no field of a video: did you mean resolution?"
    ],
    ["a value that no model takes", "id,prompt,duration\nfox,a fox,99\n", "line fox: --duration 99 is not possible"],
    ["a number that is none", "prompt,n,kind\na fox,two,image\n", 'line 1: n must be a number, not "two"'],
    ["a kind that is none", "kind,prompt\nsong,la\n", "line 1: kind must be video or image"],
    ["an empty file", "", "it has no lines"]
  ] as const)("refuses %s before anything is sent", ([, text, message]) =>
    Effect.gen(function* () {
      const { file, env, requests } = yield* withManifest("films.csv", text)
      const { exitCode, stderr } = yield* klingkit(["batch", file], { env })
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)])
      expect(yield* requests).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("is held to the limits as a whole where a yes is needed, and line by line within the day's money", () =>
    Effect.gen(function* () {
      const { file, env, charges } = yield* withManifest("films.yaml", yaml)
      const dear = yield* klingkit(["batch", file, "--wait"], { env: { ...env, KLINGKIT_CONFIRM_ABOVE_USD: "0.5" } })
      expect([dear.exitCode, dear.stderr]).toEqual([5, expect.stringContaining("$0.84, and above $0.50")])
      expect(yield* charges).toEqual([])
      const day = { ...env, KLINGKIT_MAX_USD_PER_DAY: "0.5" }
      const short = yield* klingkit(["batch", file, "--wait", "--json"], { env: day })
      expect(short.exitCode).toBe(5)
      expect(yield* charges).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.live("warns of each line, and sends what has no price past a limit only with a yes", () =>
    Effect.gen(function* () {
      const { file, env, charges } = yield* withManifest("new.csv", "prompt,model\na fox,kling-4.0\n")
      const limited = { env: { ...env, KLINGKIT_MAX_USD_PER_CALL: "0.1" } }
      const refused = yield* klingkit(["batch", file, "--wait"], limited)
      expect([refused.exitCode, refused.stdout]).toEqual([5, expect.stringContaining("it needs an approval")])
      expect(refused.stderr).toContain("Warning: line 1: kling-4.0 is experimental")
      expect(yield* charges).toEqual([])
      expect((yield* klingkit(["batch", file, "--wait", "--yes"], limited)).exitCode).toBe(0)
      expect(yield* charges).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.live("says in Kling's words why a line has failed", () =>
    Effect.gen(function* () {
      const { file, env } = yield* withManifest("films.csv", "prompt\na fox [fail]\n")
      const { exitCode, stdout } = yield* klingkit(["batch", file, "--wait"], { env })
      expect([exitCode, stdout]).toEqual([1, expect.stringMatching(/^1\tfailed\tkk-t2v-\w+\t\tGeneration failed/)])
    }).pipe(Effect.scoped)
  )

  it.live("names the task of a line that was paid and could not be saved, and does not deny the charge", () =>
    Effect.gen(function* () {
      const { file, env, home, charges } = yield* withManifest("films.csv", "prompt,output\na fox,fox.mp4\n")
      const fs = yield* FileSystem.FileSystem
      yield* fs.makeDirectory(`${home}/films`)
      yield* fs.writeFileString(`${home}/films/fox.mp4`, "another film")
      const args = ["batch", file, "--output", `${home}/films`, "--json"]
      const { exitCode, stdout, stderr } = yield* klingkit(args, { env })
      expect(yield* charges).toHaveLength(1)
      expect(JSON.parse(stdout)).toMatchObject([
        { handle: expect.stringMatching(/^kk-/), error: { code: "JOB_FILE_EXISTS" } }
      ])
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining("Charged: maybe")])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
