import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { emulatedKling } from "../../testing/emulator.ts"
import { klingkit } from "../../testing/run-klingkit.ts"

const film = `name: the keeper
steps:
  - { id: still, kind: image, prompt: a lighthouse keeper }
  - { id: clip, prompt: he smiles, from: still }
  - { id: next, prompt: he opens the door, from: clip, duration: 5 }
  - { id: spoken, kind: speech, text: "Good morning, and welcome", from: next }
  - { id: film, kind: sound, prompt: waves, from: spoken }
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

describe("klingkit chain run", () => {
  it.live("--dry-run shows each step and the sum, and sends nothing", () =>
    Effect.gen(function* () {
      const { file, env, requests } = yield* withFile(film)
      const { exitCode, stdout } = yield* klingkit(["chain", "run", file, "--dry-run", "--json"], { env })
      expect(exitCode).toBe(0)
      const shown = JSON.parse(stdout) as { steps: ReadonlyArray<{ operation: string }>; quote: { state: string } }
      expect(shown.steps.map(({ operation }) => operation)).toEqual(operations)
      expect(shown.quote.state).toBe("estimate")
      expect(yield* requests).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("makes the film and saves it; the same command again finds it, and so do the task commands", () =>
    Effect.gen(function* () {
      const { file, home, env, charges } = yield* withFile(film)
      const made = yield* klingkit(["chain", "run", file, "--output", `${home}/film.mp4`, "--json"], { env })
      expect([made.exitCode, made.stderr]).toEqual([0, expect.stringContaining("Handle: kk-chain-")])
      const { handle, files } = JSON.parse(made.stdout) as { handle: string; files: ReadonlyArray<{ path: string }> }
      expect(files).toMatchObject([{ path: `${home}/film.mp4` }])
      const again = yield* klingkit(["chain", "run", file, "--json"], { env })
      expect([again.exitCode, JSON.parse(again.stdout)]).toMatchObject([0, { handle, status: "succeed" }])
      const lines = (yield* klingkit(["task", "get", handle], { env })).stdout.split("\n")
      expect(lines.find((line) => line.startsWith("Quoted: "))).toMatch(/^Quoted: about \$/)
      expect(lines.find((line) => line.startsWith("Charged: "))).toMatch(/^Charged: [^,]*\), within what was quoted$/)
      const inTheWay = yield* klingkit(["chain", "run", file, "--output", `${home}/film.mp4`], { env })
      expect([inTheWay.exitCode, inTheWay.stderr]).toEqual([2, expect.stringContaining("Charged: no")])
      expect((yield* charges).map(({ operation }) => operation)).toEqual(operations)
      const seen = yield* klingkit(["task", "get", handle], { env })
      expect(seen.stdout).toMatch(/Status: succeed\nStep still: succeed, kk-img-/)
      const fetched = yield* klingkit(["task", "download", handle, "--output", `${home}/copy.mp4`], { env })
      expect([fetched.exitCode, fetched.stdout]).toEqual([0, expect.stringContaining(`${home}/copy.mp4`)])
      expect((yield* klingkit(["chain", "list"], { env })).stdout).toContain(`${handle}\tthe keeper\tsucceed\t7 of 7`)
    }).pipe(Effect.scoped)
  )

  it.live.each(["duration", "durationSeconds", "duration-seconds"])("prices lip-sync by the clip's %s", (field) =>
    Effect.gen(function* () {
      const steps = `steps:\n  - { id: a, prompt: x, ${field}: 10 }\n  - { id: b, kind: speech, text: hello, from: a }`
      const { file, env } = yield* withFile(steps)
      const { stdout } = yield* klingkit(["chain", "run", file, "--dry-run"], { env })
      expect(stdout).toMatch(/Step b: .*, 1 units, \$0.14 \(estimate\)/)
    }).pipe(Effect.scoped)
  )

  it.live("resume of a chain that nobody knows says which command lists them", () =>
    Effect.gen(function* () {
      const { env } = yield* withFile(film)
      const { exitCode, stderr } = yield* klingkit(["chain", "resume", "kk-chain-0123456789abcdefghjkmnpqrs"], { env })
      expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/Next: check the id with: klingkit task list\n/)])
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["from a step that is none", "steps:\n  - { kind: sound, from: x }", "step step-1: from names no step before this"],
    [
      "sound for a picture",
      "steps:\n  - { id: a, kind: image, prompt: x }\n  - { id: b, kind: sound, from: a }",
      "must name a clip"
    ],
    ["a wrong setting", "steps:\n  - { id: a, prompt: x, duration: 99 }", "step a: --duration 99 is not possible"],
    [
      "a text that is missing",
      "steps:\n  - { id: a, prompt: x }\n  - { id: b, kind: speech, from: a }",
      "step b: text"
    ],
    [
      "a setting that a step would leave out",
      "steps:\n  - { id: 1, prompt: x }\n  - { id: 2, kind: sound, from: 1, duration: 5 }",
      "step 2: duration is no field of a sound from a clip: prompt, music"
    ],
    ["no steps", "lines: []", "holds no list of steps"]
  ] as const)("refuses %s before anything is sent", ([, text, message]) =>
    Effect.gen(function* () {
      const { file, env, requests } = yield* withFile(text)
      const { exitCode, stderr } = yield* klingkit(["chain", "run", file], { env })
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)])
      expect(yield* requests).toEqual([])
    }).pipe(Effect.scoped)
  )
})
