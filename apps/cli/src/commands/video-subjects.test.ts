import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { batchFile } from "../testing/batch-file.ts"
import { emulatedKling } from "../testing/emulator.ts"
import { klingkit } from "../testing/run-klingkit.ts"

const prompt = "shot 1, 3, a fox wakes; shot 2, 2, it runs;"

describe("klingkit video create", () => {
  it.live("takes shots one by one, and lasts as long as they do", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const create = ["video", "create", "--dry-run", "--json"]
      for (const flag of ["--shot", "--shots"]) {
        const { stdout } = yield* klingkit([...create, flag, "a fox wakes|3", flag, "it runs | 2s"], kling)
        expect(JSON.parse(stdout).request.body).toMatchObject({ prompt, settings: { multi_shot: true, duration: 5 } })
      }
      const wrong = yield* klingkit(
        [...create, "--shot", "a fox wakes|3", "--shot", "it runs", "--duration", "9"],
        kling
      )
      expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("--shots[1].duration is required")])
      const both = yield* klingkit([...create, "a fox", "--shot", "it runs|5"], kling)
      expect(both.stderr).toContain("<prompt> and --shots are mutually exclusive")
      const help = (yield* klingkit(["video", "create", "--help"])).stdout
      expect(help).toContain("--shots, --shot text|seconds")
    })
  )

  it.live("takes elements and images of subjects", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const subjects = ["--elements", "829836802793406551", "--reference-images", "https://a.example/a.png"]
      const { stdout } = yield* klingkit(
        ["video", "create", "@element_1 meets @image_1", ...subjects, "--dry-run", "--json"],
        kling
      )
      expect(JSON.parse(stdout)).toMatchObject({
        operation: "new.omni.kling-3.0-omni",
        request: {
          body: { contents: [{}, { type: "refer_image", id: "image_1" }, { element_id: "829836802793406551" }] }
        }
      })
    })
  )
})

describe("a line of a file", () => {
  it.live("takes shots as objects or as text, in a batch and in a pipeline", () =>
    Effect.gen(function* () {
      const line = `- { id: fox, shots: [{ prompt: a fox wakes, duration: 3 }, "it runs|4"] }`
      const { run, file, write, env } = yield* batchFile("shots.yaml", `lines:\n  ${line}\n`)
      const { exitCode, answer } = yield* run("--dry-run")
      expect([exitCode, answer]).toMatchObject([0, { lines: [{ id: "fox", quote: { units: 4.2 } }] }])
      yield* write(`steps:\n  ${line}\n`)
      const pipeline = yield* klingkit(["pipeline", "run", file, "--dry-run", "--json"], { env })
      expect([pipeline.exitCode, JSON.parse(pipeline.stdout)]).toMatchObject([0, { quote: { units: 4.2 } }])
    })
  )
})
