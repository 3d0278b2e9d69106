import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { emulatedKling } from "../../testing/emulator.ts"
import { klingkit } from "../../testing/run-klingkit.ts"

const manifest = `name: the keeper
steps:
  - { id: still, kind: image, prompt: a lighthouse keeper }
  - { id: smile, prompt: he smiles, from: still, duration: 3 }
  - { id: next, prompt: he opens the door, from: smile, duration: 3 }
  - { id: spoken, kind: speech, text: "Good morning, and welcome", from: next }
  - { id: final, kind: sound, prompt: waves, from: spoken }
`

const withFile = Effect.fnUntraced(function* (text: string) {
  const kling = yield* emulatedKling()
  const file = `${kling.home}/film.yaml`
  const fs = yield* FileSystem.FileSystem
  yield* fs.writeFileString(file, text)
  return { ...kling, file }
}, Effect.provide(NodeServices.layer))

const operations = [
  "legacy.images.generations",
  "new.i2v.kling-3.0",
  "new.omni.kling-3.0-omni",
  "legacy.tts",
  "legacy.identify-face",
  "legacy.advanced-lip-sync",
  "legacy.video-to-audio"
]

describe("klingkit pipeline run", () => {
  it.live("--dry-run prints each step and the total, and sends nothing", () =>
    Effect.gen(function* () {
      const { file, env, requests } = yield* withFile(manifest)
      const { exitCode, stdout } = yield* klingkit(["pipeline", "run", file, "--dry-run", "--json"], { env })
      expect(exitCode).toBe(0)
      const shown = JSON.parse(stdout) as { steps: ReadonlyArray<{ operation: string }>; quote: { state: string } }
      expect(shown.steps.map(({ operation }) => operation)).toEqual(operations)
      expect(shown.quote.state).toBe("estimate")
      expect(yield* requests).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live(
    "runs all steps and saves their results; the same command and the task commands find them again",
    () =>
      Effect.gen(function* () {
        const { file, home, env, charges } = yield* withFile(manifest)
        const run = ["pipeline", "run", file, "--output", `${home}/video.mp4`]
        const made = yield* klingkit([...run, "--json"], { env })
        expect([made.exitCode, made.stderr]).toEqual([0, expect.stringContaining("Handle: kk-chain-")])
        const { handle, files } = JSON.parse(made.stdout) as { handle: string; files: ReadonlyArray<{ path: string }> }
        const paths = ["still.png", "smile.mp4", "next.mp4", "spoken.mp4", "final.mp4"].map(
          (name) => `${home}/video-${name}`
        )
        expect(files.map(({ path }) => path)).toEqual(paths)
        const again = yield* klingkit(["pipeline", "run", file, "--json"], { env })
        expect([again.exitCode, JSON.parse(again.stdout)]).toMatchObject([0, { handle, status: "succeed" }])
        const lines = (yield* klingkit(["task", "get", handle], { env })).stdout.split("\n")
        expect(lines.find((line) => line.startsWith("Quoted: "))).toMatch(/^Quoted: about \$/)
        expect(lines.find((line) => line.startsWith("Charged: "))).toMatch(/^Charged: [^,]*\), within the quote$/)
        const saved = yield* klingkit([...run, "--json"], { env })
        expect([saved.exitCode, JSON.parse(saved.stdout)]).toMatchObject([
          0,
          { files: paths.map((path) => ({ path })) }
        ])
        expect((yield* charges).map(({ operation }) => operation)).toEqual(operations)
        const shown = yield* klingkit(["task", "get", handle], { env })
        expect(shown.stdout).toMatch(/Status: succeed\nStep still: succeed, kk-img-/)
        expect(shown.stdout).toContain("Video 4, step final\n")
        const fetched = yield* klingkit(["task", "download", handle, "--output", `${home}/video.mp4`], { env })
        expect([fetched.exitCode, fetched.stdout]).toEqual([0, expect.stringContaining(`${home}/video-final.mp4`)])
        expect((yield* klingkit(["pipeline", "list"], { env })).stdout).toContain(
          `${handle}\tthe keeper\tsucceed\t7 of 7`
        )
      }).pipe(Effect.scoped),
    // Each file is rendered.
    120_000
  )

  it.live.each(["duration", "durationSeconds", "duration-seconds"])("prices lip-sync by the video's %s", (field) =>
    Effect.gen(function* () {
      const steps = `steps:\n  - { id: a, prompt: x, ${field}: 10 }\n  - { id: b, kind: speech, text: hello, from: a }`
      const { file, env } = yield* withFile(steps)
      const { stdout } = yield* klingkit(["pipeline", "run", file, "--dry-run"], { env })
      expect(stdout).toMatch(/Step b: .*, 1 unit, \$0.14 \(estimate\)/)
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["steps:\n  - { id: a, prompt: x }", "the price of 1 step"],
    ["steps:\n  - { id: a, prompt: x }\n  - { id: b, prompt: y }", "the sum of 2 steps"]
  ] as const)("quotes as many steps as it has: %#", ([steps, rule]) =>
    Effect.gen(function* () {
      const { file, env } = yield* withFile(steps)
      const { stdout } = yield* klingkit(["pipeline", "run", file, "--dry-run"], { env })
      expect(stdout).toContain(rule)
    }).pipe(Effect.scoped)
  )

  it.live("a step may be any command that makes a video, an image or audio", () =>
    Effect.gen(function* () {
      const steps = `steps:
  - { id: cat, kind: image, prompt: a cat }
  - { id: hat, kind: image combine, prompt: a cat in a hat, images: "https://example.com/hat.png", from: cat }
  - { id: wide, kind: expand_image, left: 0.5, from: hat }
  - { id: dance, kind: video effect, scene: pet_dance, from: wide }
  - { id: person, kind: video motion, image: "https://example.com/figure.png", from: dance }
  - { id: rain, kind: audio sound, prompt: rain, alongside: true }
`
      const { file, env, charges } = yield* withFile(steps)
      const { exitCode, stdout } = yield* klingkit(["pipeline", "run", file, "--json"], { env })
      expect([exitCode, JSON.parse(stdout)]).toMatchObject([
        0,
        {
          status: "succeed",
          outputs: ["video", "audio", "image", "image", "image", "video"].map((type) => ({ type }))
        }
      ])
      expect((yield* charges).map(({ operation }) => operation).toSorted()).toEqual([
        "legacy.effects",
        "legacy.images.expand",
        "legacy.images.generations",
        "legacy.images.multi-image2image",
        "legacy.text-to-audio",
        "new.motion.kling-3.0"
      ])
    }).pipe(Effect.scoped)
  )

  it.live("the old command name is an unlisted alias that prints the new one on stderr", () =>
    Effect.gen(function* () {
      const { file, env } = yield* withFile(manifest)
      const dryRun = ["run", file, "--dry-run", "--json"]
      const current = yield* klingkit(["pipeline", ...dryRun], { env })
      const old = yield* klingkit(["chain", ...dryRun], { env })
      expect([old.exitCode, old.stdout]).toEqual([0, current.stdout])
      const note = "Note: klingkit chain is deprecated; use klingkit pipeline\n"
      expect([old.stderr, current.stderr]).toEqual([`${note}${current.stderr}`, current.stderr])
      expect((yield* klingkit(["chain", "list"], { env })).exitCode).toBe(0)
      expect((yield* klingkit(["--help"])).stdout).not.toContain("chain")
    }).pipe(Effect.scoped)
  )

  it.live("resume of an unknown pipeline says which command lists them", () =>
    Effect.gen(function* () {
      const { env } = yield* withFile(manifest)
      const { exitCode, stderr } = yield* klingkit(["pipeline", "resume", "kk-chain-0123456789abcdefghjkmnpqrs"], {
        env
      })
      expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/Next: check the id with: klingkit task list\n/)])
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["an unknown step in from", "steps:\n  - { kind: sound, from: x }", "step step-1: from must name an earlier step"],
    [
      "sound effects for an image",
      "steps:\n  - { id: a, kind: image, prompt: x }\n  - { id: b, kind: sound, from: a }",
      "must name an earlier step that makes a video"
    ],
    [
      "an invalid setting",
      "steps:\n  - { id: a, prompt: x, duration: 99 }",
      "step a: duration 99 is not supported by kling-3.0 (3 to 15 s); did you mean 15?"
    ],
    ["a missing text", "steps:\n  - { id: a, prompt: x }\n  - { id: b, kind: speech, from: a }", "step b: text"],
    [
      "a setting that the step would ignore",
      "steps:\n  - { id: 1, prompt: x }\n  - { id: 2, kind: sound, from: 1, duration: 5 }",
      "step 2: duration is not a setting of create_soundtrack; the settings are: video, prompt, music-prompt, asmr"
    ],
    [
      "a command of an image for a step that makes a video",
      "steps:\n  - { id: a, prompt: x }\n  - { id: b, kind: image expand, left: 1, from: a }",
      "step b: from must name an earlier step that makes an image"
    ],
    [
      "audio for a video",
      "steps:\n  - { id: a, kind: audio sound, prompt: x }\n  - { id: b, prompt: y, from: a }",
      "step b: from must name an earlier step that makes an image or a video"
    ],
    [
      "a command that makes no file",
      "steps:\n  - { kind: element create }",
      "kind must be image, video, speech, sound"
    ],
    ["no steps", "lines: []", "has no list of steps"]
  ] as const)("refuses %s before anything is sent", ([, text, message]) =>
    Effect.gen(function* () {
      const { file, env, requests } = yield* withFile(text)
      const { exitCode, stderr } = yield* klingkit(["pipeline", "run", file], { env })
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)])
      expect(yield* requests).toEqual([])
    }).pipe(Effect.scoped)
  )
})
