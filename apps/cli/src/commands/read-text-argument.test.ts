import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { emulatedKling } from "../testing/emulator.ts"
import { klingkit } from "../testing/run-klingkit.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "klingkit-text-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** The prompt that a command would send. */
const promptOf = (argument: string, options: Parameters<typeof klingkit>[1] = {}) =>
  Effect.map(
    klingkit(["video", "create", argument, "--dry-run", "--json"], { env: { KLINGAI_API_KEY: "key" }, ...options }),
    ({ stdout }) => (JSON.parse(stdout) as { request?: { body: { prompt?: string } } }).request?.body.prompt
  )

describe("the prompt of a command", () => {
  it.live("is read from standard input for -, and from a file for @file", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "prompt.txt")
      writeFileSync(path, "a boat\non a lake\n")
      const spaced = join(yield* folder, "my prompt.txt")
      writeFileSync(spaced, "\uFEFFan owl")
      expect(yield* promptOf("-", { stdin: " a fox \n" })).toBe("a fox")
      expect(yield* promptOf(`@${path}`)).toBe("a boat\non a lake")
      expect(yield* promptOf(`@${spaced}`)).toBe("an owl")
    })
  )

  it.live.each([
    ["@hero waves from the bridge", "@hero waves from the bridge"],
    ["@@boat.txt", "@boat.txt"],
    ["a - b @ c", "a - b @ c"]
  ] as const)("may begin with an @: %s", ([argument, prompt]) =>
    Effect.gen(function* () {
      expect(yield* promptOf(argument)).toBe(prompt)
    })
  )

  it.live("is never a file that cannot be read: nothing is sent, nothing is paid", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const binary = join(yield* folder, "fox.png")
      writeFileSync(binary, new Uint8Array([0x89, 0x50, 0xff]))
      const empty = join(yield* folder, "empty.txt")
      writeFileSync(empty, "\n")
      const runs = [
        [["@nowhere.txt"], "there is no file nowhere.txt; write @@nowhere.txt for the words themselves"],
        [[`@${binary}`], "is not text in UTF-8"],
        [[`@${empty}`], "is empty"],
        [["-"], "standard input is empty"]
      ] as const
      for (const [args, message] of runs) {
        const { exitCode, stderr } = yield* klingkit(["video", "create", ...args], { env: kling.env })
        expect(exitCode).toBe(2)
        expect(stderr).toContain(message)
      }
      expect(yield* kling.requests).toEqual([])
    })
  )
})
