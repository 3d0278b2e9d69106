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

const yaml = `name: videos
defaults:
  duration: 5
lines:
  - { id: fox, prompt: a red fox in snow }
  - { id: boat, prompt: a paper boat, aspect-ratio: "9:16" }
`

/** An emulated Kling and a manifest in its folder. */
const withManifest = Effect.fnUntraced(function* (name: string, text: string) {
  const kling = yield* emulatedKling()
  const file = `${kling.home}/${name}`
  const fs = yield* FileSystem.FileSystem
  const write = (content: string) => fs.writeFileString(file, content)
  yield* write(text)
  return { ...kling, file, write, fs }
}, Effect.provide(NodeServices.layer))

describe("klingkit batch", () => {
  it.live("--dry-run prints each line and the total, and sends nothing", () =>
    Effect.gen(function* () {
      const { file, env, requests } = yield* withManifest("videos.csv", csv)
      const { exitCode, stdout } = yield* klingkit(["batch", file, "--dry-run", "--json"], { env })
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({
        quote: { usd: 1.316, state: "exact" },
        lines: [{ id: "fox" }, { id: "boat", quote: { units: 6 } }, { id: "house", quote: { units: 16 } }]
      })
      expect(yield* requests).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("looks into the ledger in a dry run, and goes without only where there is no credential or no ledger", () =>
    Effect.gen(function* () {
      const { file, env } = yield* withManifest("videos.csv", csv)
      const dryRun = (changed: Readonly<Record<string, string>>) =>
        klingkit(["batch", file, "--dry-run"], { env: { ...env, ...changed } })
      expect(yield* dryRun({ KLINGAI_API_KEY: '"api-key-in-quotes"' })).toMatchObject({ exitCode: 4, stdout: "" })
      const note = expect.stringContaining("Note: the ledger was not looked into")
      expect(yield* dryRun({ KLINGAI_API_KEY: "" })).toMatchObject({ exitCode: 0, stdout: note })
      expect(yield* dryRun({ KLINGKIT_HOME: file })).toMatchObject({ exitCode: 0, stdout: note })
      expect((yield* dryRun({})).stdout).not.toContain("Note:")
    }).pipe(Effect.scoped)
  )

  it.live("submits and saves each line, and pays nothing when it runs again", () =>
    Effect.gen(function* () {
      const { file, env, home, charges, fs } = yield* withManifest("videos.csv", csv)
      const args = ["batch", file, "--output", `${home}/videos`, "--json"]
      const first = yield* klingkit(args, { env })
      expect([first.exitCode, first.stderr]).toEqual([0, expect.stringContaining("3 of 3")])
      const results = JSON.parse(first.stdout) as ReadonlyArray<{ status: string; files: ReadonlyArray<string> }>
      expect(results.map(({ status, files }) => [status, files.length])).toEqual([
        ["succeed", 1],
        ["succeed", 1],
        ["succeed", 2]
      ])
      const again = yield* klingkit(args, { env })
      expect([again.exitCode, JSON.parse(again.stdout)]).toMatchObject([0, results.map(({ files }) => ({ files }))])
      const [fox = ""] = results[0]?.files ?? []
      yield* fs.remove(fox)
      expect((yield* klingkit(args, { env })).exitCode).toBe(0)
      expect(yield* fs.exists(fox)).toBe(true)
      expect(yield* charges).toHaveLength(3)
    }).pipe(Effect.scoped)
  )

  it.live("reads YAML with defaults; a changed line is a new request, a moved line is not", () =>
    Effect.gen(function* () {
      const { file, env, write, charges } = yield* withManifest("videos.yaml", yaml)
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
      "an unknown field",
      "prompt,resoluton\na fox,720p\n",
      "line 1: resoluton is not a setting of generate_video; did you mean resolution?"
    ],
    [
      "a value that no model supports",
      "id,prompt,duration\nfox,a fox,99\n",
      "line fox: duration 99 is not supported by kling-3.0 (3 to 15 s); did you mean 15?"
    ],
    ["an invalid number", "prompt,n,kind\na fox,two,image\n", "line 1: n must be a number"],
    ["an unknown kind", "kind,prompt\nsong,la\n", "line 1: kind must be one of video, image, video create"],
    ["a request that makes nothing", "kind,element-id\nelement delete,1\n", "kind must be one of"],
    ["an empty file", "", "the manifest is empty"]
  ] as const)("refuses %s before anything is sent", ([, text, message]) =>
    Effect.gen(function* () {
      const { file, env, requests } = yield* withManifest("videos.csv", text)
      const { exitCode, stderr } = yield* klingkit(["batch", file], { env })
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)])
      expect(yield* requests).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("needs approval for the total, and checks the daily limit line by line", () =>
    Effect.gen(function* () {
      const { file, env, charges } = yield* withManifest("videos.yaml", yaml)
      const expensive = yield* klingkit(["batch", file, "--wait"], {
        env: { ...env, KLINGKIT_CONFIRM_ABOVE_USD: "0.5" }
      })
      expect([expensive.exitCode, expensive.stderr]).toEqual([
        5,
        expect.stringMatching(
          /\$0.84 \(the sum of all lines\); with a limit of \$0.50 \(KLINGKIT_CONFIRM_ABOVE_USD\) it needs an approval; .*\nCharged: no\n/
        )
      ])
      expect(yield* charges).toEqual([])
      const day = { ...env, KLINGKIT_MAX_USD_PER_DAY: "0.5" }
      const overDaily = yield* klingkit(["batch", file, "--wait", "--json"], { env: day })
      expect(overDaily.exitCode).toBe(5)
      expect(yield* charges).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.live(
    "prints the warnings of each line, and submits a line without a known price past a limit only with --yes",
    () =>
      Effect.gen(function* () {
        const { file, env, charges } = yield* withManifest("new.csv", "prompt,model,resolution\na fox,kling-4.0,4k\n")
        const limited = { env: { ...env, KLINGKIT_MAX_USD_PER_CALL: "0.1" } }
        const refused = yield* klingkit(["batch", file, "--wait"], limited)
        expect([refused.exitCode, refused.stdout]).toEqual([
          5,
          expect.stringContaining("the price is unknown until charged")
        ])
        expect(refused.stderr).toContain("Warning: line 1: kling-4.0 is experimental")
        expect(yield* charges).toEqual([])
        expect((yield* klingkit(["batch", file, "--wait", "--yes"], limited)).exitCode).toBe(0)
        expect(yield* charges).toHaveLength(1)
      }).pipe(Effect.scoped)
  )

  it.live("shows Kling's message for a failed line", () =>
    Effect.gen(function* () {
      const { file, env } = yield* withManifest("videos.csv", "prompt\na fox [fail]\n")
      const { exitCode, stdout } = yield* klingkit(["batch", file, "--wait"], { env })
      expect([exitCode, stdout]).toEqual([1, expect.stringMatching(/^1\tfailed\tkk-t2v-\w+\t\tGeneration failed/)])
    }).pipe(Effect.scoped)
  )
})
