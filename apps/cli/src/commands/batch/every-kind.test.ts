import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { emulatedKling } from "../../testing/emulator.ts"
import { klingkit } from "../../testing/run-klingkit.ts"

const manifest = `
- { id: talk, kind: video lipsync, video: "https://example.com/face.mp4", text: Good morning to everybody here }
- { id: said, kind: audio speech, text: Good morning to everybody in this room, output: said.mp3 }
- { id: parts, kind: describe_image, image: "https://example.com/person.png" }
- id: fox
  kind: element create
  name: fox
  description: A young red fox
  images: ["https://example.com/front.png", "https://example.com/side.png"]
`
const paid = ["legacy.advanced-lip-sync", "legacy.identify-face", "legacy.image-recognize", "legacy.tts", "legacy.tts"]

interface Result {
  readonly id: string
  readonly status: string
  readonly files: ReadonlyArray<string>
}

const withManifest = Effect.fnUntraced(function* (text: string) {
  const kling = yield* emulatedKling()
  const fs = yield* FileSystem.FileSystem
  const file = `${kling.home}/lines.yaml`
  yield* fs.writeFileString(file, text)
  const run = (...flags: ReadonlyArray<string>) => klingkit(["batch", file, ...flags, "--json"], kling)
  const operations = Effect.map(kling.charges, (charges) => charges.map(({ operation }) => operation).toSorted())
  return { ...kling, file, fs, run, operations }
}, Effect.provide(NodeServices.layer))

describe("a line of any paid kind", () => {
  it.live("is run, saved, found again and never paid twice", () =>
    Effect.gen(function* () {
      const { home, fs, run, operations } = yield* withManifest(manifest)
      const first = yield* run("--output", `${home}/out`)
      expect([first.exitCode, first.stderr]).toEqual([0, expect.stringContaining("4 of 4")])
      const results = JSON.parse(first.stdout) as ReadonlyArray<Result>
      expect(results.map(({ id, status, files }) => [id, status, files.length > 0])).toEqual(
        ["talk", "said", "parts", "fox"].map((id) => [id, "succeed", true])
      )
      for (const { files } of results) for (const path of files) expect(yield* fs.exists(path)).toBe(true)
      expect(results[1]?.files).toEqual([`${home}/out/said.mp3`])
      const [element = ""] = results[3]?.files ?? []
      expect(JSON.parse(yield* fs.readFileString(element))).toMatchObject({
        operation: "legacy.elements.create",
        outputs: [{ type: "element", name: "fox" }]
      })
      expect(yield* operations).toEqual(paid)

      const again = yield* run("--output", `${home}/out`)
      expect([again.exitCode, JSON.parse(again.stdout)]).toMatchObject([
        0,
        results.map(({ id, files }) => ({ id, files }))
      ])
      yield* Effect.forEach(results, ({ files }) => Effect.forEach(files, (path) => fs.remove(path)))
      expect((yield* run("--output", `${home}/out`)).exitCode).toBe(0)
      for (const { files } of results) expect(yield* fs.exists(files[0] ?? "")).toBe(true)
      expect(yield* operations).toEqual(paid)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("of several steps runs to its end without --wait, and resumes from a failed step", () =>
    Effect.gen(function* () {
      const [, talk = ""] = manifest.split("\n")
      const { env, run, operations } = yield* withManifest(talk)
      const faults = [{ fault: "refuse", code: 1201, message: "no such video", on: "legacy.identify-face" }]
      const inject = () =>
        fetch(`${env.KLINGAI_BASE_URL}/_emulator/faults`, { method: "POST", body: JSON.stringify({ faults }) })
      yield* Effect.promise(inject)
      const failed = yield* run()
      expect([failed.exitCode, JSON.parse(failed.stdout)]).toMatchObject([1, [{ id: "talk", status: "failed" }]])
      expect(yield* operations).toEqual(["legacy.tts"])
      const resumed = yield* run()
      expect([resumed.exitCode, JSON.parse(resumed.stdout)]).toMatchObject([0, [{ status: "succeed" }]])
      expect(yield* operations).toEqual(["legacy.advanced-lip-sync", "legacy.identify-face", "legacy.tts"])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("without files does not overwrite another file with its answer", () =>
    Effect.gen(function* () {
      const fox = manifest.slice(manifest.indexOf("- id: fox"))
      const { home, fs, run, operations } = yield* withManifest(fox)
      const output = ["--output", `${home}/fox.json`]
      yield* fs.writeFileString(`${home}/fox.json`, "mine")
      const refused = yield* run(...output)
      expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "JOB_FILE_EXISTS", charged: "no" } })
      expect([refused.exitCode, yield* operations]).toEqual([2, []])
      expect(yield* fs.readFileString(`${home}/fox.json`)).toBe("mine")
      expect((yield* run(...output, "--force")).exitCode).toBe(0)
      expect(yield* fs.readFileString(`${home}/fox.json`)).toContain("legacy.elements.create")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("is shown with its steps and its price by --dry-run", () =>
    Effect.gen(function* () {
      const { run, requests } = yield* withManifest(manifest)
      const { stdout } = yield* run("--dry-run")
      const { lines } = JSON.parse(stdout) as { readonly lines: ReadonlyArray<Readonly<Record<string, unknown>>> }
      expect(lines).toMatchObject([
        {
          steps: [{ operation: "legacy.tts" }, {}, { operation: "legacy.advanced-lip-sync" }],
          quote: { state: "estimate" }
        },
        { operation: "legacy.tts", quote: { units: 0.05 } },
        { operation: "legacy.image-recognize" },
        { operation: "legacy.elements.create" }
      ])
      expect(yield* requests).toEqual([])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
