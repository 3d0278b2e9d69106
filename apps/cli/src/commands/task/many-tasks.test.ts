import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync, writeFileSync } from "node:fs"
import { emulatedKling } from "../../testing/emulator.ts"
import { klingkit } from "../../testing/run-klingkit.ts"

type Kling = Effect.Success<ReturnType<typeof emulatedKling>>

const unknownId = "kk-img-00000000000000000000000000"

const images = (kling: Kling, prompts: ReadonlyArray<string>) =>
  Effect.forEach(prompts, (prompt) =>
    Effect.map(
      klingkit(["image", "create", prompt, "--json"], kling),
      ({ stdout }) => JSON.parse(stdout).handle as string
    )
  )

interface Printed {
  readonly handle: string
  readonly status: string
  readonly error?: { readonly code: string }
  readonly files?: ReadonlyArray<{ readonly path: string; readonly isKept?: boolean }>
}

const summaryOf = (stdout: string) =>
  (JSON.parse(stdout).tasks as ReadonlyArray<Printed>).map(({ handle, status, error }) => [
    handle,
    status,
    ...(error === undefined ? [] : [error.code])
  ])

describe("klingkit task wait with several tasks", () => {
  it.live("prints all of them, and fails with what failed or is unknown", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const [cat = "", dog = "", fog = ""] = yield* images(kling, ["a cat", "a dog", "fog [fail]"])
      const done = yield* klingkit(["task", "wait", cat, dog, cat, "--json"], kling)
      expect(done.exitCode).toBe(0)
      expect(summaryOf(done.stdout)).toEqual(
        expect.arrayContaining([
          [cat, "succeed"],
          [dog, "succeed"]
        ])
      )
      expect(summaryOf(done.stdout)).toHaveLength(2)
      const mixed = yield* klingkit(["task", "wait", unknownId, cat, fog, "--json"], kling)
      expect(mixed.exitCode).toBe(1)
      expect(summaryOf(mixed.stdout)).toEqual(
        expect.arrayContaining([
          [cat, "succeed"],
          [fog, "failed", "KLING_TASK_FAILED"],
          [unknownId, "unknown", "KLING_TASK_NOT_FOUND"]
        ])
      )
      expect(mixed.stderr).toContain(unknownId)
      expect(mixed.stderr).toContain(fog)
    })
  )

  it.live("exits with 8 while one still runs", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling({ speed: 0.001 })
      const [cat = "", dog = ""] = yield* images(kling, ["a cat", "a dog"])
      const waited = yield* klingkit(["task", "wait", unknownId, cat, dog, "--timeout", "1s", "--json"], kling)
      expect(waited.exitCode).toBe(8)
      expect(summaryOf(waited.stdout)).toEqual([
        [unknownId, "unknown", "KLING_TASK_NOT_FOUND"],
        [cat, "submitted", "CLI_STILL_RUNNING"],
        [dog, "submitted", "CLI_STILL_RUNNING"]
      ])
      // One read for both; the unknown id is looked up by itself.
      const reads = (yield* kling.requests).filter(({ method, path }) => method === "GET" && path === "/tasks")
      expect(reads).toHaveLength(2)
    })
  )
})

describe("klingkit task download with several tasks", () => {
  it.live("saves all that is not saved yet, once, each under its own name", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const folder = kling.env.KLINGKIT_OUTPUT_DIR
      const nothing = yield* klingkit(["task", "download", "--all"], kling)
      expect([nothing.exitCode, nothing.stdout]).toEqual([0, "No finished task has results that are not saved.\n"])
      const [cat = "", dog = ""] = yield* images(kling, ["a cat", "a dog", "fog [fail]"])
      const saved = yield* klingkit(["task", "download", "--all", "--json"], kling)
      expect([saved.exitCode, summaryOf(saved.stdout)]).toEqual([
        0,
        [
          [dog, "succeed"],
          [cat, "succeed"]
        ]
      ])
      const media = readdirSync(folder).filter((name) => !name.endsWith(".json"))
      expect(media.toSorted()).toEqual([`${cat}.png`, `${dog}.png`].toSorted())
      const again = yield* klingkit(["task", "download", "--all", "--json"], kling)
      expect(summaryOf(again.stdout)).toEqual([])
      const both = yield* klingkit(["task", "download", cat, dog, "--json"], kling)
      expect(JSON.parse(both.stdout).tasks.map(({ files }: Printed) => files?.[0]?.isKept)).toEqual([true, true])
    })
  )

  it.live("tells what could not be saved beside what was", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const folder = kling.env.KLINGKIT_OUTPUT_DIR
      const [cat = "", dog = ""] = yield* images(kling, ["a cat", "a dog"])
      yield* klingkit(["task", "wait", cat, dog], kling)
      yield* klingkit(["task", "download", cat], kling)
      writeFileSync(`${folder}/${dog}.png`, "mine")
      const partly = yield* klingkit(["task", "download", dog, unknownId, cat, "--json"], kling)
      expect([partly.exitCode, summaryOf(partly.stdout)]).toEqual([
        2,
        [
          [dog, "succeed", "JOB_FILE_EXISTS"],
          [unknownId, "unknown", "KLING_TASK_NOT_FOUND"],
          [cat, "succeed"]
        ]
      ])
      expect(partly.stderr).toContain("Charged: yes")
    })
  )

  it.live.each([
    [[], "or --all is needed, and only one of them"],
    [["--all", unknownId], "or --all is needed, and only one of them"],
    [[unknownId, "893605946405612853", "--output", "boat.png"], "names one file"]
  ] as const)("refuses %j", ([args, message]) =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const refused = yield* klingkit(["task", "download", ...args], kling)
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining(message)])
    })
  )
})
