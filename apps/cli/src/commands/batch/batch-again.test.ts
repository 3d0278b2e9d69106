import { describe, expect, it } from "@effect/vitest"
import { fingerprintOf } from "@klingkit/jobs/internal"
import { Effect } from "effect"
import { DatabaseSync } from "node:sqlite"
import { batchFile } from "../../testing/batch-file.ts"
import { klingkit } from "../../testing/run-klingkit.ts"

const image = (fields: Readonly<Record<string, unknown>>) => ({ kind: "image", ...fields })
const file = (...lines: ReadonlyArray<Readonly<Record<string, unknown>>>) => JSON.stringify(lines.map(image))

const fox = { id: "fox", prompt: "a red fox" }
const boat = { id: "boat", prompt: "a paper boat" }

describe("a batch whose time is over", () => {
  it.live("before it has sent a line says that nothing was charged", () =>
    Effect.gen(function* () {
      const { run, charges } = yield* batchFile("shots.json", file(fox))
      const late = yield* run("--wait", "--timeout", "0.000001")
      expect(late.stderr).toContain("Charged: no\n")
      expect(late.lines).toMatchObject([{ id: "fox", status: "queued" }])
      expect(yield* charges).toEqual([])
    }).pipe(Effect.scoped)
  )
})

describe("a batch that is run again", () => {
  it.live("finds lines that have moved, got an id, or are spelled otherwise; the same line twice is two results", () =>
    Effect.gen(function* () {
      const { write, run, charges } = yield* batchFile(
        "shots.json",
        file({ prompt: "a fox" }, { prompt: "a fox" }, boat)
      )
      const first = yield* run("--wait")
      expect(new Set(first.lines.map(({ handle }) => handle)).size).toBe(3)
      yield* write(file(boat, { id: "a", prompt: " a fox", n: 1 }, { id: "b", prompt: "a fox", resolution: "1k" }))
      const moved = yield* run("--wait")
      expect(moved.stderr).toContain("3 lines: nothing to pay; 3 found from earlier runs, not charged again")
      expect(moved.lines.map(({ handle }) => handle)).toEqual([2, 0, 1].map((index) => first.lines[index]?.handle))
      yield* write(file(boat, { id: "c", prompt: "a fox" }, { ...boat, id: "boat2" }))
      expect((yield* run("--wait")).lines.map(({ handle }) => handle)).toEqual([
        first.lines[2]?.handle,
        first.lines[0]?.handle,
        expect.stringMatching(/^kk-/)
      ])
      expect(yield* charges).toHaveLength(4)
    }).pipe(Effect.scoped)
  )

  it.live("finds videos that were made with the account's API key when it is run with the key pair", () =>
    Effect.gen(function* () {
      const lines = [{ id: "fox", prompt: "a red fox" }, { prompt: "a paper boat" }]
      const { file: path, keyPairEnv, run, charges } = yield* batchFile("shots.json", JSON.stringify(lines))
      const first = yield* run("--wait")
      expect(yield* charges).toHaveLength(2)
      const again = yield* klingkit(["batch", path, "--json"], { env: keyPairEnv })
      expect(again.stderr).toContain("2 lines: nothing to pay; 2 found from earlier runs, not charged again")
      const handles = JSON.parse(again.stdout).map(({ handle }: { readonly handle: string }) => handle)
      expect(handles).toEqual(first.lines.map(({ handle }) => handle))
      expect(yield* charges).toHaveLength(2)
    }).pipe(Effect.scoped)
  )

  it.live("finds what an earlier release has made, whose keys were of the fields as written", () =>
    Effect.gen(function* () {
      const { home, run, charges } = yield* batchFile("shots.json", file(fox, boat))
      const first = yield* run("--wait")
      const database = new DatabaseSync(`${home}/ledger/ledger.db`)
      for (const [index, line] of [fox, boat].entries()) {
        const digest = yield* fingerprintOf("shots.json", image(line))
        const former = yield* fingerprintOf("legacy.image-generation", image(line))
        const { handle = "" } = first.lines[index] ?? {}
        database
          .prepare("UPDATE klingkit_jobs SET idempotency_key = ?, fingerprint = ? WHERE handle = ?")
          .run(`batch ${digest} 1 1`, former, handle)
      }
      database.close()
      const again = yield* run("--wait")
      expect(again.lines.map(({ handle }) => handle)).toEqual(first.lines.map(({ handle }) => handle))
      expect(yield* charges).toHaveLength(2)
    }).pipe(Effect.scoped)
  )

  it.live("tries failed lines again with --retry-failed only, as their next take", () =>
    Effect.gen(function* () {
      const { home, run, charges, inject, names } = yield* batchFile("shots.json", file(fox, boat))
      const out = ["--output", `${home}/out`]
      yield* inject({ fault: "fail", nth: 1 })
      const failed = yield* run(...out, "--parallel", "1")
      expect([failed.exitCode, failed.lines.map(({ status }) => status)]).toEqual([1, ["failed", "succeed"]])
      expect(failed.stderr).toContain("--retry-failed tries lines again whose task failed (fox)")
      expect((yield* run(...out)).exitCode).toBe(1)
      const dry = yield* run(...out, "--retry-failed", "--dry-run")
      expect(dry.answer).toMatchObject({
        quote: { units: 8 },
        lines: [
          { id: "fox", take: 2, isPaidNow: true },
          { id: "boat", isPaidNow: false, status: "succeed" }
        ]
      })
      const before = (yield* charges).length
      const retried = yield* run(...out, "--retry-failed")
      expect(retried.stderr).toContain("2 lines: 1 to pay, ")
      expect([retried.exitCode, retried.lines]).toMatchObject([0, [{ id: "fox", take: 2 }, { id: "boat" }]])
      expect(retried.lines[1]?.handle).toBe(failed.lines[1]?.handle)
      expect(yield* names("out")).toContain("fox.png")
      for (const flags of [[], ["--retry-failed"]]) {
        const again = yield* run(...out, ...flags)
        expect([again.exitCode, again.lines[0]?.handle]).toEqual([0, retried.lines[0]?.handle])
      }
      expect(yield* charges).toHaveLength(before + 1)
    }).pipe(Effect.scoped)
  )

  it.live("makes another take of one line, which can be replayed, and leaves its first file", () =>
    Effect.gen(function* () {
      const { home, run, charges, names } = yield* batchFile("shots.json", file(fox, boat))
      const out = ["--output", `${home}/out`]
      const first = yield* run(...out)
      const second = yield* run(...out, "--only", "fox", "--take", "2")
      expect([second.exitCode, second.lines]).toMatchObject([0, [{ id: "fox", take: 2 }]])
      expect(second.lines[0]?.handle).not.toBe(first.lines[0]?.handle)
      expect((yield* run(...out, "--only", "1", "--take", "2")).lines[0]?.handle).toBe(second.lines[0]?.handle)
      expect((yield* run(...out)).lines).toMatchObject(first.lines.map(({ handle }) => ({ handle })))
      expect((yield* names("out")).filter((name) => name.endsWith("png")).toSorted()).toEqual([
        "boat.png",
        "fox-take-2.png",
        "fox.png"
      ])
      expect(yield* charges).toHaveLength(3)
    }).pipe(Effect.scoped)
  )

  it.live("asks for approval of what is paid now only", () =>
    Effect.gen(function* () {
      const { write, file: path, env, charges } = yield* batchFile("shots.json", file(fox, boat))
      const run = klingkit(["batch", path, "--wait"], { env: { ...env, KLINGKIT_CONFIRM_ABOVE_USD: "0.04" } })
      expect((yield* run).exitCode).toBe(5)
      yield* write(file(fox))
      expect((yield* run).exitCode).toBe(0)
      yield* write(file(fox, boat))
      expect((yield* run).exitCode).toBe(0)
      expect(yield* charges).toHaveLength(2)
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["an id that is twice", file(fox, boat, { ...boat, id: "fox" }), [], 'line 3: id is "fox", as that of line 1'],
    [
      "a number as id of another line",
      file({ ...fox, id: "2" }, { prompt: "x" }),
      [],
      'line 2: id is "2", as that of line 1'
    ],
    ["a line that is not there", file(fox, boat), ["--only", "foxx"], 'has no line "foxx"; did you mean fox?'],
    [
      "a take that is chosen twice",
      file(fox),
      ["--take", "2", "--retry-failed"],
      "cannot be combined with --retry-failed"
    ]
  ] as const)("refuses %s before anything is sent", ([, text, flags, message]) =>
    Effect.gen(function* () {
      const { run, requests } = yield* batchFile("shots.json", text)
      const { exitCode, stderr } = yield* run(...flags)
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)])
      expect(yield* requests).toEqual([])
    }).pipe(Effect.scoped)
  )
})
