import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { emulatedKling } from "../testing/emulator.ts"
import { greyPng } from "../testing/grey-png.ts"
import { klingkit } from "../testing/run-klingkit.ts"

const price = (args: string, ...more: ReadonlyArray<string>) =>
  Effect.map(klingkit(["quote", ...args.split(" ").filter((arg) => arg !== ""), ...more, "--json"]), (run) => ({
    exitCode: run.exitCode,
    ...(JSON.parse(run.stdout) as { units?: number; usd?: number; state?: string; rule?: string })
  }))

// Rows of Kling's published price table (2026-09-20): units and USD.
const rows: ReadonlyArray<readonly [string, number, number]> = [
  ["video", 3, 0.42],
  ["video --model kling-3.0 --duration 10 --resolution 1080p --audio native", 12, 1.68],
  ["video --model kling-3.0 --resolution 4k", 15, 2.1],
  ["video --model kling-3.0-turbo", 4, 0.56],
  ["video --model kling-v2-6 --resolution 1080p --audio native", 5, 0.7],
  ["video --model kling-2.5-turbo --duration 10", 3, 0.42],
  ["--duration 10", 6, 0.84],
  ["image", 8, 0.028],
  ["image --n 3", 24, 0.084],
  ["image --model kling-v2-1", 4, 0.014],
  ["--n 2", 16, 0.056],
  ["--resolution 2k", 8, 0.028],
  ["--model kling-image-o1", 8, 0.028]
]

it.live.each(rows)("quote %s", ([args, units, usd]) =>
  Effect.gen(function* () {
    expect(yield* price(args)).toMatchObject({ exitCode: 0, units, usd, state: "exact", rule: expect.any(String) })
  })
)

it.live("names what costs less, with its price and its flag, before and in a dry run", () =>
  Effect.gen(function* () {
    const settings = ["--duration", "10", "--resolution", "1080p", "--audio", "native"]
    const { stdout } = yield* klingkit(["quote", "video", ...settings])
    expect(stdout.trimEnd().split("\n").slice(1)).toEqual([
      "Cheaper: 5 s instead of 10 s: $0.84 (--duration 5)",
      "Cheaper: no audio: $1.12 (--audio off)",
      "Cheaper: resolution 720p instead of 1080p: $1.26 (--resolution 720p)"
    ])
    const cheaper = JSON.parse((yield* klingkit(["quote", "video", ...settings, "--json"])).stdout).cheaper
    expect(cheaper).toHaveLength(3)
    expect(cheaper[0]).toEqual({
      change: "5 s instead of 10 s",
      settings: { durationSeconds: 5 },
      usd: 0.84,
      units: 6,
      savesUsd: 0.84,
      isUpperBound: false
    })
    for (const { usd } of cheaper) expect(stdout).toContain(`: $${usd} (`)
    const create = ["video", "create", "a fox", ...settings, "--dry-run"]
    expect((yield* klingkit(create)).stdout).toContain("Cheaper: no audio: $1.12 (--audio off)\n")
    expect(JSON.parse((yield* klingkit([...create, "--json"])).stdout).cheaper).toEqual(cheaper)
    // What is called by its id is not planned again, and a price that is not published is not compared.
    const tts = [
      "quote",
      "legacy.tts",
      "--input",
      '{"text":"hello","voiceId":"girlfriend_1_speech02","voiceLanguage":"en"}'
    ]
    expect(JSON.parse((yield* klingkit([...tts, "--json"])).stdout)).not.toHaveProperty("cheaper")
    expect((yield* klingkit(["quote", "video", "--model", "kling-2.5-turbo"])).stdout).not.toContain("Cheaper")
  })
)

it.live("quotes any operation by its own input, and returns null for an unknown price", () =>
  Effect.gen(function* () {
    const speech = { text: "hello", voiceId: "girlfriend_1_speech02", voiceLanguage: "en" }
    expect(yield* price("legacy.tts", "--input", JSON.stringify(speech))).toMatchObject({ units: 0.05, state: "exact" })
    const product = { productImage: "https://x.test/a.png", personImage: "https://x.test/b.png" }
    expect(yield* price("solutions.virtual_try_on", "--input", JSON.stringify(product))).toMatchObject({
      exitCode: 0,
      units: null,
      usd: null,
      atMost: null,
      state: "unknown"
    })
  })
)

it.live("gives an upper bound for audio of unknown length, and measures a local audio file", () =>
  Effect.gen(function* () {
    const kling = yield* emulatedKling()
    const image = "https://x.test/portrait.png"
    const avatar = (audioFile: string, ...more: ReadonlyArray<string>) =>
      klingkit(["quote", "legacy.avatar", "--input", JSON.stringify({ image, soundFile: audioFile }), ...more], kling)
    const foreign = yield* avatar("https://x.test/speech.mp3", "--json")
    expect(JSON.parse(foreign.stdout)).toMatchObject({
      units: null,
      usd: null,
      atMost: { units: 120, usd: 16.8 },
      state: "estimate"
    })
    expect((yield* avatar("https://x.test/speech.mp3")).stdout).toContain("at most 120 units ($16.80): 0.4 video units")
    writeFileSync(`${kling.home}/speech.wav`, silence(7.4))
    const measured = yield* avatar(`${kling.home}/speech.wav`)
    expect(measured.stdout).toContain(
      "2.8 units, $0.392 (estimate), at most 3.2 units ($0.448): 2.8 video units = 7 s x 0.4"
    )
    expect(yield* kling.requests).toEqual([])
  })
)

it.live("compares prices by what it has read: a local image, and the length of a local audio file", () =>
  Effect.gen(function* () {
    const kling = yield* emulatedKling()
    const [image, audio] = [`${kling.home}/portrait.png`, `${kling.home}/speech.wav`]
    writeFileSync(image, greyPng(640, 640))
    writeFileSync(audio, silence(7.4))
    const cheaperOf = (command: string, ...flags: ReadonlyArray<string>) =>
      Effect.map(
        klingkit(["video", command, ...flags, "--resolution", "1080p", "--dry-run", "--json"], kling),
        ({ stdout }) => JSON.parse(stdout).cheaper
      )
    expect(yield* cheaperOf("avatar", "--image", image, "--audio", audio)).toMatchObject([
      { settings: { resolution: "720p" }, usd: 0.448, savesUsd: 0.448, isUpperBound: true }
    ])
    expect(yield* cheaperOf("create", "a fox", "--image", image)).toMatchObject([
      { settings: { durationSeconds: 3 }, usd: 0.336 },
      { settings: { model: "kling-2.6" }, usd: 0.35 },
      { settings: { resolution: "720p" }, usd: 0.42 }
    ])
    expect(yield* kling.requests).toEqual([])
  })
)

/** A silent WAV: 8000 one-byte samples a second. */
const silence = (seconds: number): Uint8Array => {
  const size = Math.round(seconds * 8000)
  const wav = Buffer.alloc(44 + size, 0x80)
  wav.write("RIFF____WAVEfmt ", 0, "latin1")
  wav.write("data", 36, "latin1")
  for (const [at, value] of [
    [4, 36 + size],
    [16, 16],
    [20, 0x0001_0001],
    [24, 8000],
    [28, 8000],
    [32, 0x0008_0001],
    [40, size]
  ] as const) {
    wav.writeUInt32LE(value, at)
  }
  return wav
}

const refused: ReadonlyArray<readonly [string, string]> = [
  ["image --duration 3", "--duration applies to videos only"],
  ["video --n 2", "--n applies to images only"],
  ["video --duration 99", "--duration 99 is not supported by kling-3.0 (3 to 15 s); did you mean 15?"],
  ["nix --input {}", "unknown operation nix"],
  ["legacy.ttss", "unknown operation legacy.ttss; did you mean legacy.tts?"],
  ["legacy.tts", "text is required"]
]

it.live.each(refused)("refuses %s", ([args, sentence]) =>
  Effect.gen(function* () {
    const { exitCode, stderr } = yield* klingkit(["quote", ...args.split(" ")])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(sentence)])
  })
)
