import { describe, expect, it } from "@effect/vitest"
import { KlingError, type NextStep } from "@klingkit/core"
import { LedgerError } from "@klingkit/jobs"
import { jobError } from "@klingkit/jobs/internal"
import { Cause } from "effect"
import { failureJson, failureOf } from "./failure.ts"
import { nextStepText } from "./next-step.ts"

const handle = "kk-t2v-1"

describe("the next step at a shell", () => {
  it.each<[NextStep, string]>([
    [
      { _tag: "AwaitOutcome", handle },
      "do not send it again under another id; check later with: klingkit task get kk-t2v-1"
    ],
    [{ _tag: "AwaitOutcome" }, "check the task list in Kling's console before sending it again"],
    [
      { _tag: "ChooseTask", handle, candidates: [{ taskId: "42", status: "processing", createdAt: 0 }] },
      "do not send it again; it may be one of: 42 (created 1970-01-01T00:00:00Z, processing); look at one with: klingkit task get TASK_ID; then: klingkit task resolve kk-t2v-1 --task-id TASK_ID, or --not-made once you are sure"
    ],
    [{ _tag: "LookUp", handle }, "do not send it again; check it with: klingkit task get kk-t2v-1"],
    [
      { _tag: "UseExisting", handle, nextTake: 4 },
      "see it with: klingkit task get kk-t2v-1; to make another one, add --take 4"
    ],
    [
      { _tag: "ChooseKey", handle },
      "check the earlier request with: klingkit task get kk-t2v-1; use a new key for a new request"
    ],
    [
      { _tag: "NameAccount", handle },
      "if it is: klingkit account link kk-t2v-1; if not, name both: klingkit account name THIS, klingkit account name OTHER --job kk-t2v-1"
    ],
    [{ _tag: "CheckId", id: "x", at: "ledger" }, "check the id with: klingkit task list"],
    [{ _tag: "Wait", handle }, "wait for it: klingkit task wait kk-t2v-1"],
    [
      { _tag: "Download", handle, withinDays: 30 },
      "nothing is lost: retry within 30 days with: klingkit task download kk-t2v-1"
    ],
    [
      { _tag: "Approve", setting: "approvalThresholdUsd", limitUsd: 1, isOpen: false },
      "approve it with --yes, or raise KLINGKIT_CONFIRM_ABOVE_USD"
    ],
    [
      { _tag: "Approve", setting: "maxUsdPerDay", limitUsd: 1, isOpen: true },
      "approve it with --yes: under a limit, requests without a known price need approval"
    ],
    [
      { _tag: "RepeatUnknown", handle: "kk-chain-1" },
      "check Kling's console; if the step was not charged, or may be charged twice: klingkit pipeline resume kk-chain-1 --repeat-unknown"
    ],
    [
      { _tag: "RestoreLedger" },
      "put the ledger back from where it was moved, or from a backup; see what is there with: klingkit ledger check; to begin one that knows of no earlier payment: klingkit ledger repair --new"
    ],
    [
      { _tag: "MoveAway", settings: ["ledgerDir"] },
      "see what can be read with: klingkit ledger check; repair it with: klingkit ledger repair; or move the file away but keep it, or set another location with KLINGKIT_HOME"
    ],
    [{ _tag: "ReplaceFile", path: "/a.mp4" }, "choose another name or allow overwriting (--force)"],
    [
      { _tag: "MakeAccessible", settings: ["ledgerDir", "databaseUrl"] },
      "check that it exists and that you can read and write it, or set another location with KLINGKIT_HOME or KLINGKIT_DATABASE_URL"
    ]
  ])("of %j is a command or a variable", (step, text) => {
    expect(nextStepText(step)).toBe(text)
  })

  it("prints a handle from a foreign ledger without control characters", () => {
    expect(nextStepText({ _tag: "Wait", handle: "kk-\u001b[2J1" })).toBe("wait for it: klingkit task wait kk-1")
  })
})

describe("a failure as JSON", () => {
  const errorOf = (error: unknown) =>
    (failureJson(failureOf(Cause.fail(error))) as { readonly error: Readonly<Record<string, unknown>> }).error

  it("has the next step as data beside the sentence", () => {
    expect(errorOf(jobError({ _tag: "Duplicate", taskId: handle, nextTake: 4 }))).toMatchObject({
      code: "JOB_DUPLICATE",
      handle,
      suggestion: "see it with: klingkit task get kk-t2v-1; to make another one, add --take 4",
      next: { _tag: "UseExisting", handle, nextTake: 4 }
    })
    const today = { day: "2026-11-22", chargedUsd: 0, reservedUsd: 0, unknownUsd: 0, usedUsd: 0 }
    const limit = { limit: "day", limitUsd: 1, today, quoteUsd: 2 } as const
    expect(errorOf(new LedgerError({ reason: { _tag: "OverBudget", ...limit }, beforeSending: true }))).toMatchObject({
      suggestion: "wait until tomorrow (UTC), ask for less, or raise KLINGKIT_MAX_USD_PER_DAY; nothing was sent",
      next: { _tag: "RaiseLimit", setting: "maxUsdPerDay", limitUsd: 1 }
    })
  })

  it("names settings by their variables, and keeps what a problem is about", () => {
    const problems = [
      { field: "baseUrl", setting: "baseUrl" as const, message: "must be an https URL" },
      { field: "n", message: "12 is outside 1 to 9", given: 12, limit: { min: 1, max: 9 }, nearest: 9 }
    ]
    expect(errorOf(new KlingError({ reason: { _tag: "InvalidInput", problems } }))).toMatchObject({
      message: "KLINGAI_BASE_URL must be an https URL; n 12 is outside 1 to 9",
      problems: [{ field: "KLINGAI_BASE_URL" }, { field: "n", given: 12, nearest: 9 }]
    })
  })
})
