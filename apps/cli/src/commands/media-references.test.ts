import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { emulatedKling } from "../testing/emulator.ts"
import { klingkit } from "../testing/run-klingkit.ts"

it.live("a flag and a line of a file take a result of an earlier task, and pay for it once", () =>
  Effect.gen(function* () {
    const kling = yield* emulatedKling()
    const made = yield* klingkit(["image", "create", "a fox", "--n", "2", "--wait", "--json"], kling)
    const { handle, outputs } = JSON.parse(made.stdout)
    const image = `${handle}#2`
    const create = ["video", "create", "it runs", "--image", image]
    const shown = yield* klingkit([...create, "--dry-run", "--json"], kling)
    expect(shown.stdout).toContain(outputs[1].url)
    for (const _ of [1, 2]) expect((yield* klingkit([...create, "--json"], kling)).exitCode).toBe(0)
    expect(yield* kling.charges).toHaveLength(2)
    const file = `${kling.home}/videos.csv`
    writeFileSync(file, `id,kind,prompt,image\nfox,video,it jumps,${image}\n`)
    for (const _ of [1, 2]) expect((yield* klingkit(["batch", file, "--json"], kling)).exitCode).toBe(0)
    expect(yield* kling.charges).toHaveLength(3)
    const several = yield* klingkit(["video", "create", "it runs", "--image", handle], kling)
    expect([several.exitCode, several.stderr]).toEqual([
      2,
      expect.stringContaining("--image has 2 results; choose one")
    ])
  })
)
