import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { emulatedKling } from "../testing/emulator.ts"
import { klingkit } from "../testing/run-klingkit.ts"

const images = ["--images", "https://example.com/front.png", "--images", "https://example.com/side.png"]
const create = ["element", "create", "--name", "fox", "--description", "A young red fox", ...images, "--wait"]

describe("the library of elements and voices", () => {
  it.live("lists an element, and deletes it", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      expect((yield* klingkit(create, kling)).exitCode).toBe(0)
      const listed = yield* klingkit(["element", "list", "--json"], kling)
      const [{ id } = { id: "" }] = JSON.parse(listed.stdout) as ReadonlyArray<{ readonly id: string }>
      expect([listed.exitCode, JSON.parse(listed.stdout)]).toEqual([0, [expect.objectContaining({ name: "fox" })]])
      expect((yield* klingkit(["element", "list"], kling)).stdout).toMatch(new RegExp(`^${id}\tfox\t`))
      const deleted = yield* klingkit(["element", "delete", id, "--json"], kling)
      expect([deleted.exitCode, JSON.parse(deleted.stdout)]).toEqual([0, { deleted: id }])
      expect((yield* klingkit(["element", "list", "--json"], kling)).stdout).toBe("[]\n")
    }).pipe(Effect.scoped)
  )

  it.live("lists Kling's own voices page by page", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { stdout } = yield* klingkit(["voice", "list", "--presets", "--page-size", "2", "--json"], kling)
      expect(JSON.parse(stdout)).toMatchObject([{ ownedBy: "kling" }, { ownedBy: "kling" }])
    }).pipe(Effect.scoped)
  )

  it.live("refuses what is missing or too much before anything is sent", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const missing = yield* klingkit(["voice", "delete"], kling)
      expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining("<voice-id> is required")])
      const many = yield* klingkit(["voice", "list", "--page-size", "51"], kling)
      expect([many.exitCode, many.stderr]).toEqual([2, expect.stringContaining("--page-size must be at most 50")])
      expect(yield* kling.requests).toEqual([])
    }).pipe(Effect.scoped)
  )
})
