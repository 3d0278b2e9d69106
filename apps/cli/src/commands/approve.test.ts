import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { DatabaseSync } from "node:sqlite"
import { emulatedKling } from "../testing/emulator.ts"
import { klingkit } from "../testing/run-klingkit.ts"

const question = {
  title: "Generate video",
  operation: "new.t2v.kling-3.0",
  model: "kling-3.0",
  quote: { units: 3, priceUsd: 0.42, state: "exact", rule: "3 video units = 5 s x 0.6" },
  prompt: "a red fox",
  settings: [{ name: "duration_seconds", value: "5" }],
  warnings: ["the film is silent"],
  cheaper: [{ field: "durationSeconds", from: 5, to: 3, usd: 0.252, savedUsd: 0.168 }]
} as const

const code = "K7QF-2M9D"

/** A chat with a request that waits for its user, in the ledger that the command reads. */
const waitingChat = Effect.gen(function* () {
  const kling = yield* emulatedKling()
  expect((yield* klingkit(["approve"], kling)).stdout).toContain("No request waits")
  const ledger = new DatabaseSync(`${kling.home}/ledger/ledger.db`)
  ledger
    .prepare(
      `INSERT INTO klingkit_approvals (token_hash, purpose, expires_at, principal, code, question)
        VALUES (?, 'purpose', ?, 'local', ?, ?)`
    )
    .run(createHash("sha256").update(code).digest("hex"), Date.now() + 3_600_000, code, JSON.stringify(question))
  const isGranted = () => ledger.prepare("SELECT granted_at FROM klingkit_approvals").get()?.["granted_at"] !== null
  return { kling, isGranted }
})

describe("klingkit approve", () => {
  it.live("shows what is paid for, at which price, and approves it when the user says yes", () =>
    Effect.gen(function* () {
      const { kling, isGranted } = yield* waitingChat
      const listed = yield* klingkit(["approve"], kling)
      expect([listed.exitCode, listed.stdout]).toEqual([0, expect.stringContaining(code)])
      const run = yield* klingkit(["approve", code.toLowerCase(), "--json"], { ...kling, terminal: true, typed: "y" })
      expect(run.exitCode).toBe(0)
      expect(run.stderr.split("\n")).toEqual(
        expect.arrayContaining([
          "Request: Generate video",
          expect.stringMatching(/^Price: .*\$0\.42/),
          "Cheaper: 3 s instead of 5 s: $0.252",
          "Model: kling-3.0 (new.t2v.kling-3.0)",
          "Prompt: a red fox",
          "Settings: duration_seconds 5",
          "Warnings: the film is silent"
        ])
      )
      expect(JSON.parse(run.stdout)).toMatchObject({ code, approved: true, prompt: "a red fox", quote: { usd: 0.42 } })
      expect(JSON.parse(run.stdout).cheaper).toMatchObject([{ settings: { durationSeconds: 3 }, usd: 0.252 }])
      expect(isGranted()).toBe(true)
      expect((yield* klingkit(["approve", code], kling)).stdout).toContain("approved already")
      expect((yield* klingkit(["approve"], kling)).stdout).toContain("No request waits")
    })
  )

  it.live("approves nothing without a terminal, or when the user declines", () =>
    Effect.gen(function* () {
      const { kling, isGranted } = yield* waitingChat
      const alone = yield* klingkit(["approve", code], kling)
      expect([alone.exitCode, alone.stderr]).toEqual([5, expect.stringContaining("only the user can approve")])
      expect(isGranted()).toBe(false)
      const declined = yield* klingkit(["approve", code], { ...kling, terminal: true, typed: "" })
      expect([declined.exitCode, declined.stderr]).toEqual([5, expect.stringContaining("declined")])
      expect(isGranted()).toBe(false)
      const gone = yield* klingkit(["approve", code], { ...kling, terminal: true, typed: "y" })
      expect([gone.exitCode, gone.stderr]).toEqual([2, expect.stringContaining("KLINGKIT_HOME")])
    })
  )
})
