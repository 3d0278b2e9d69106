import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { emulatedKling } from "../../testing/emulator.ts"
import { klingkit } from "../../testing/run-klingkit.ts"
import { outputOfStep } from "./step-output.ts"

/** The storyboard of the documentation, with short shots. */
const storyboard = `name: a walk
steps:
  - { id: one, prompt: A red fox leaves its den, duration: 3 }
  - { id: two, prompt: it crosses a frozen brook, from: one, duration: 3 }
  - { id: three, prompt: it looks up at the moon, from: two, duration: 3 }
  - { id: elsewhere, prompt: "A village, snow falls", duration: 3, alongside: true }
`
const ids = ["one", "two", "three", "elsewhere"]

/** A folder with the storyboard, and a command that runs it as edited. */
const withStoryboard = Effect.gen(function* () {
  const kling = yield* emulatedKling()
  const fs = yield* FileSystem.FileSystem
  const file = `${kling.home}/walk.yaml`
  const run = Effect.fnUntraced(function* (text: string, ...flags: ReadonlyArray<string>) {
    yield* fs.writeFileString(file, text)
    const result = yield* klingkit(["pipeline", "run", file, "--json", ...flags], { env: kling.env })
    return { ...result, answer: JSON.parse(result.stdout === "" ? "{}" : result.stdout) as Answer }
  })
  const saved = Effect.map(fs.readDirectory(kling.home), (names) =>
    names.filter((name) => name.endsWith(".mp4")).toSorted()
  )
  const paid = Effect.map(kling.charges, (charges) => charges.length)
  return { ...kling, run, saved, paid, fs }
}).pipe(Effect.provide(NodeServices.layer))

interface Answer {
  readonly files?: ReadonlyArray<{ readonly path: string; readonly step: string }>
  readonly chain?: { readonly steps: ReadonlyArray<Step> }
  readonly steps?: ReadonlyArray<Step>
  readonly error?: { readonly code: string; readonly charged: string; readonly message: string }
}

interface Step {
  readonly id: string
  readonly handle?: string
  readonly charged?: string
  readonly isFound?: boolean
  readonly files?: ReadonlyArray<string>
}

describe("a storyboard", () => {
  it.live(
    "saves every shot under its own name, and lists each; an edit of one pays and saves that one",
    () =>
      Effect.gen(function* () {
        const { run, home, saved, paid } = yield* withStoryboard
        const output = ["--output", `${home}/film.mp4`]
        const { exitCode, answer } = yield* run(storyboard, ...output)
        expect([exitCode, yield* saved, yield* paid]).toEqual([0, ids.map((id) => `film-${id}.mp4`).toSorted(), 4])
        expect(answer.chain?.steps).toMatchObject(
          ids.map((id) => ({
            id,
            handle: expect.stringMatching(/^kk-/),
            charged: "yes",
            charges: [{ kind: "unit" }],
            files: [`${home}/film-${id}.mp4`]
          }))
        )
        expect(answer.files?.map(({ step }) => step)).toEqual(ids)

        // An edit pays for what it changed, and keeps the other files.
        const edited = storyboard.replace("snow falls", "heavy snow falls")
        const dryRun = yield* run(edited, "--dry-run")
        expect(dryRun.answer.steps?.map(({ isFound = false }) => isFound)).toEqual([true, true, true, false])
        const existing = yield* run(edited, ...output)
        expect([existing.exitCode, existing.answer.error, yield* paid]).toMatchObject([
          2,
          { code: "JOB_FILE_EXISTS", charged: "no", message: `${home}/film-elsewhere.mp4 already exists` },
          4
        ])
        const second = yield* run(edited, ...output, "--force")
        expect([second.exitCode, second.stderr]).toEqual([
          0,
          expect.stringContaining("Already made, not charged: one, two, three (--take one=2 makes another one)")
        ])
        expect(yield* paid).toBe(5)
        expect(second.answer.files?.map(({ step }) => step)).toEqual(ids)
        const shared = ({ chain }: Answer) => chain?.steps.slice(0, 3).map(({ handle }) => handle)
        expect(shared(second.answer)).toEqual(shared(answer))
        expect(second.answer.chain?.steps.map(({ charged }) => charged)).toEqual(["no", "no", "no", "yes"])
      }).pipe(Effect.scoped),
    // Each file is rendered.
    120_000
  )

  it.live(
    "makes another take of one shot, only some shots, and says which names are none",
    () =>
      Effect.gen(function* () {
        const { run, home, paid } = yield* withStoryboard
        const some = yield* run(storyboard, "--only", "one", "--output", `${home}/film.mp4`)
        expect(some.answer.chain?.steps.map(({ id }) => id)).toEqual(["one"])
        expect(some.answer.files?.map(({ path }) => path)).toEqual([`${home}/film-one.mp4`])
        expect(yield* paid).toBe(1)
        yield* run(storyboard)
        expect(yield* paid).toBe(4)
        yield* run(storyboard, "--take", "elsewhere=2")
        yield* run(storyboard, "--take", "elsewhere=2")
        expect(yield* paid).toBe(5)
        yield* run(storyboard.replace("alongside", "take: 2, alongside"))
        expect(yield* paid).toBe(5)
        yield* run(storyboard, "--take", "2", "--only", "one")
        expect(yield* paid).toBe(6)
        for (const flags of [
          ["--only", "too"],
          ["--take", "too=2"]
        ]) {
          const refused = yield* run(storyboard, ...flags)
          expect([refused.exitCode, refused.answer.error?.message]).toEqual([
            2,
            `${flags[0]} names no step: too; did you mean two?`
          ])
        }
        expect((yield* run(storyboard, "--take", "two=0")).exitCode).toBe(2)
        expect(yield* paid).toBe(6)
      }).pipe(Effect.scoped),
    120_000
  )

  it.live(
    "pays a failed shot again only when asked to, and saves the shots that were made",
    () =>
      Effect.gen(function* () {
        const { run, home, saved, paid } = yield* withStoryboard
        const failing = storyboard.replace("it crosses a frozen brook", '"[fail] it crosses a frozen brook"')
        const output = ["--output", `${home}/film.mp4`]
        const stopped = yield* run(failing, ...output)
        expect([stopped.exitCode, yield* saved]).toEqual([1, ["film-elsewhere.mp4", "film-one.mp4"]])
        const before = yield* paid
        const again = yield* run(failing, ...output)
        expect([again.exitCode, again.stderr, yield* paid]).toEqual([
          1,
          expect.stringContaining("Failed before: two (--retry-failed pays for another attempt)"),
          before
        ])
        const fixed = yield* run(storyboard)
        expect([fixed.exitCode, (yield* paid) - before]).toEqual([0, 2])
      }).pipe(Effect.scoped),
    120_000
  )
})

it.each([
  ["film.mp4", "film-two.{ext}"],
  ["film.{ext}", "film-two.{ext}"],
  ["shots", "shots/two.{ext}"],
  ["shots/", "shots/two.{ext}"],
  ["shots/{step}", "shots/two.{ext}"],
  ["{id}/{model}.mp4", "two/{model}.{ext}"],
  ["{date}/{handle}", "{date}/{handle}-two.{ext}"],
  ["shot {index}.mp4", "shot 2.{ext}"]
])("of several results, --output %s gives step two the name %s", (output, expected) => {
  expect(outputOfStep(output, "two", { index: 1, count: 4, nameTemplate: "{step}" })).toBe(expected)
})

it("names the files of steps apart, whatever the steps are called, and leaves the name of a single one", () => {
  expect(outputOfStep("{step}", "../{date}", { index: 0, count: 2, nameTemplate: "{step}" })).toBe("date-.{ext}")
  expect(outputOfStep("talk.mp4", "talk", { index: 0, count: 1, nameTemplate: "{handle}" })).toBe("talk.mp4")
  expect(outputOfStep("out", "talk", { index: 0, count: 1, nameTemplate: "{handle}" })).toBe("out/{handle}.{ext}")
})
