import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, readdirSync, writeFileSync } from "node:fs"
import { emulatedKling } from "../testing/emulator.ts"
import { klingkit } from "../testing/run-klingkit.ts"

const create = ["image", "create", "a paper boat", "--variants", "3"] as const
const tasksOf = (stdout: string): ReadonlyArray<Readonly<Record<string, unknown>>> => JSON.parse(stdout).tasks

describe("--variants", () => {
  it.live("makes as many tasks under one quote, and none again for the same command", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const made = yield* klingkit([...create, "--json"], kling)
      expect([made.exitCode, JSON.parse(made.stdout).quote]).toMatchObject([0, { usd: 0.084 }])
      const handles = tasksOf(made.stdout).map(({ handle }) => handle)
      expect(tasksOf(made.stdout).map(({ take }) => take)).toEqual([1, 2, 3])
      const again = yield* klingkit([...create, "--wait", "--json"], kling)
      expect(tasksOf(again.stdout).map(({ handle, isRepeat, status }) => [handle, isRepeat, status])).toEqual(
        handles.map((handle) => [handle, true, "succeed"])
      )
      expect(new Set((yield* kling.charges).map(({ externalTaskId }) => externalTaskId))).toEqual(new Set(handles))
      expect(yield* kling.charges).toHaveLength(3)
      const single = yield* klingkit(["image", "create", "a paper boat", "--take", "2", "--json"], kling)
      expect(JSON.parse(single.stdout)).toMatchObject({ handle: handles[1], isRepeat: true })
    })
  )

  it.live("saves each take under a name of its own", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const folder = `${kling.home}/boats`
      const named = yield* klingkit([...create, "--output", `${folder}/boat.png`], kling)
      expect([named.exitCode, named.stdout]).toEqual([0, expect.stringContaining("boat-3.png")])
      expect(readdirSync(folder).filter((name) => name.endsWith(".png"))).toEqual([
        "boat-1.png",
        "boat-2.png",
        "boat-3.png"
      ])
      const template = ["--take", "2", "--variants", "2", "--output", `${folder}/{take}-of-{model}`]
      const later = yield* klingkit(["image", "create", "a paper boat", ...template], kling)
      expect(later.exitCode).toBe(0)
      expect(readdirSync(folder).filter((name) => name.includes("-of-") && name.endsWith(".png"))).toHaveLength(2)
      expect(yield* kling.charges).toHaveLength(3)
    })
  )

  it.live("sends nothing when one of the files exists, or when all would have one name", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      writeFileSync(`${kling.home}/boat-2.png`, "mine")
      const taken = yield* klingkit([...create, "--output", `${kling.home}/boat.png`], kling)
      expect([taken.exitCode, taken.stderr]).toEqual([2, expect.stringContaining("boat-2.png already exists")])
      const alike = yield* klingkit([...create, "--output", `${kling.home}/{date}`], kling)
      expect([alike.exitCode, alike.stderr]).toEqual([
        2,
        expect.stringContaining("--output of take 2 would save under the same name as --output of take 1")
      ])
      expect(yield* kling.requests).toEqual([])
      expect(existsSync(`${kling.home}/boat-1.png`)).toBe(false)
    })
  )

  it.live("shows the price of all without sending them, and is refused as a whole above a limit", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const shown = yield* klingkit([...create, "--dry-run", "--json"], kling)
      expect(JSON.parse(shown.stdout)).toMatchObject({ variants: 3, quote: { units: 24, usd: 0.084 } })
      const env = { ...kling.env, KLINGKIT_MAX_USD_PER_DAY: "0.08" }
      const over = yield* klingkit(create, { ...kling, env })
      expect([over.exitCode, over.stderr]).toEqual([5, expect.stringContaining("nothing was sent")])
      const unapproved = yield* klingkit(create, {
        ...kling,
        env: { ...kling.env, KLINGKIT_CONFIRM_ABOVE_USD: "0.05" }
      })
      expect(unapproved.exitCode).toBe(5)
      expect(yield* kling.requests).toEqual([])
      expect((yield* klingkit([...create, "--yes"], { ...kling, env })).exitCode).toBe(5)
    })
  )

  it.live("says which take was not made and not charged, and makes only that one when it is run again", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling({ faults: { faults: [{ fault: "refuse", code: 1301, nth: 2 }] } })
      const { exitCode, stdout, stderr } = yield* klingkit([...create, "--json"], kling)
      expect(exitCode).toBe(1)
      const refused = tasksOf(stdout).filter(({ error }) => error !== undefined)
      expect(refused).toMatchObject([{ status: "failed", error: { code: "KLING_CONTENT_REFUSED", charged: "no" } }])
      expect(stderr).toMatch(/take \d: .*1301.*; charged: no/)
      expect(stderr).toContain("Charged: maybe, at most $0.056\n")
      const again = yield* klingkit([...create, "--wait", "--json"], kling)
      expect([again.exitCode, tasksOf(again.stdout).map(({ status }) => status)]).toEqual([
        0,
        ["succeed", "succeed", "succeed"]
      ])
      expect(yield* kling.charges).toHaveLength(3)
    })
  )

  it.live.each([
    [[...create, "--allow-duplicate"], "--allow-duplicate cannot be used with --variants"],
    [["image", "create", "a boat", "--variants", "5"], "--variants must be an integer from 1 to 4"],
    [["audio", "speech", "hello", "--variants", "2"], "--variants is for requests that make a task"]
  ] as const)("is refused where takes cannot be numbered: %j", ([args, sentence]) =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { exitCode, stderr } = yield* klingkit(args, kling)
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(sentence)])
      expect(yield* kling.requests).toEqual([])
    })
  )
})
