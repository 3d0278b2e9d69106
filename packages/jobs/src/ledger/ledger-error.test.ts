import { describe, expect, it } from "vitest"
import type { DaySpend } from "./day-spend.ts"
import { ledgerError, type LedgerErrorReason } from "./ledger-error.ts"

const location = "/home/anna/ledger.db"
const handle = "kk-t2v-0"

const today: DaySpend = {
  day: "2026-11-22",
  chargedUsd: 0.1 + 0.2,
  reservedUsd: 0,
  unknownUsd: 0.42,
  usedUsd: 0.72,
  limitUsd: 1,
  leftUsd: 0.28
}

/** One of each. */
const reasons: ReadonlyArray<LedgerErrorReason> = [
  { _tag: "CannotOpen", location, detail: "no" },
  { _tag: "Locked", location },
  { _tag: "ReadOnly", location },
  { _tag: "DiskFull", location },
  { _tag: "Unreadable", location, detail: "no" },
  { _tag: "NewerVersion", location, found: 2, known: 1 },
  { _tag: "NotResponding", location, seconds: 15 },
  { _tag: "StorageFailed", location, detail: "no" },
  { _tag: "IdempotencyMismatch", handle },
  { _tag: "OverBudget", limit: "day", limitUsd: 1, today },
  { _tag: "ApprovalInvalid" },
  { _tag: "Unstorable", field: "principal" },
  { _tag: "NotFound", id: handle },
  { _tag: "BadCursor" },
  { _tag: "StateConflict", handle, wanted: "SENDING", found: "ACCEPTED" },
  { _tag: "LeaseHeld", handle },
  { _tag: "LeaseLost", handle },
  { _tag: "Quarantined", handle, detail: "no" }
]

describe("an error of the ledger", () => {
  it("says what happened, whether anything was charged, and what to do next", () => {
    for (const reason of reasons) {
      const early = ledgerError(reason, true)
      const late = ledgerError(reason)
      expect(early.code).toMatch(/^LEDGER_[A-Z_]+$/)
      expect(early.message).toMatch(/^[\w$/].{20,}/)
      // An id or a cursor that the ledger does not have concerns no job of it.
      const isUnpaid = reason._tag === "NotFound" || reason._tag === "BadCursor"
      expect([early.wasCharged, late.wasCharged]).toEqual(["no", isUnpaid ? "no" : "maybe"])
      expect(early.suggestion).toBe(`${late.suggestion}; nothing was sent`)
    }
    expect(new Set(reasons.map((reason) => ledgerError(reason).message)).size).toBe(reasons.length)
  })

  it("never suggests resending what may have been sent", () => {
    for (const _tag of ["LeaseHeld", "LeaseLost"] as const) {
      expect(ledgerError({ _tag, handle }).suggestion).toBe(`do not send it again; look up ${handle}`)
    }
  })

  it("formats money in dollars and cents", () => {
    expect(ledgerError({ _tag: "OverBudget", limit: "day", limitUsd: 1, today }).message).toBe(
      "$0.72 of today's limit is used: $0.30 charged, $0.42 unknown; a request without a known price would exceed the limit of $1.00 per day (UTC)"
    )
  })

  it("sanitizes foreign text", () => {
    const hostile = `x\u001b[31m\u202Eevil\n${"y".repeat(2000)}`
    for (const reason of [
      { _tag: "CannotOpen", location: hostile, detail: hostile },
      { _tag: "NotFound", id: hostile },
      { _tag: "Quarantined", handle: hostile, detail: hostile }
    ] as const) {
      const { message, suggestion } = ledgerError(reason)
      expect(`${message}${suggestion}`).not.toMatch(/[\p{Cc}\u202E]/u)
      expect(message.length).toBeLessThan(800)
    }
  })
})
