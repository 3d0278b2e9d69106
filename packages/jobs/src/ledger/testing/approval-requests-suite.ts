import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import { sampleQuestion as question } from "./sample-question.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

const approved = { principal: "anna", fingerprint: "f1", quoteUsd: 0.42 }

/** Questions to a user that are answered outside the chat, on every store. */
export const approvalRequestsSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("a question approves nothing until it is granted, then its request once, and nothing else", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { code, isGranted } = yield* ledger.requestApproval(approved, question, 3600)
      expect([code, isGranted]).toEqual([expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/), false])
      const uses = Effect.isSuccess(ledger.consumeApproval(code, approved))
      expect(yield* uses).toBe(false)
      expect(yield* ledger.grantApproval("ben", code, 600)).toBe(false)
      expect(yield* uses).toBe(false)
      // As people type it.
      const typed = ` ${code.toLowerCase().replace("-", "").replaceAll("0", "o").replaceAll("1", "l")} `
      expect(yield* ledger.grantApproval("anna", typed, 600)).toBe(true)
      const others = [
        { ...approved, fingerprint: "f2" },
        { ...approved, quoteUsd: 0.43 },
        { ...approved, principal: "ben" }
      ]
      for (const other of others) expect(yield* Effect.isSuccess(ledger.consumeApproval(code, other))).toBe(false)
      expect(yield* uses).toBe(true)
      expect(yield* uses).toBe(false)
      expect(yield* ledger.grantApproval("anna", code, 600)).toBe(false)
      expect(yield* ledger.approvalRequests("anna")).toEqual([])
    })
  )

  it.effect("the same request is the same question, open or granted, until it is used, closed or late", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const ask = ledger.requestApproval(approved, question, 3600)
      const first = yield* ask
      expect(yield* ask).toEqual(first)
      expect((yield* ledger.requestApproval({ ...approved, fingerprint: "f2" }, question, 3600)).code).not.toBe(
        first.code
      )
      yield* ledger.grantApproval("anna", first.code, 600)
      expect(yield* ask).toMatchObject({ code: first.code, isGranted: true })
      yield* ledger.revokeApproval(first.code)
      const second = yield* ask
      expect([second.code === first.code, second.isGranted]).toEqual([false, false])
      yield* TestClock.adjust("61 minutes")
      expect(yield* ledger.grantApproval("anna", second.code, 600)).toBe(false)
      expect((yield* ask).code).not.toBe(second.code)
    })
  )

  it.effect("questions are listed to their principal, with all that is asked", () =>
    Effect.gen(function* () {
      const { ledger, sql } = yield* openFresh
      const { code } = yield* ledger.requestApproval(approved, question, 3600)
      yield* ledger.issueApproval(approved, 600)
      expect(yield* ledger.approvalRequests("ben")).toEqual([])
      expect(yield* ledger.approvalRequests("anna")).toMatchObject([{ code, question, isGranted: false }])
      expect(yield* ledger.approvalRequests("anna", code.toLowerCase())).toHaveLength(1)
      expect(yield* ledger.approvalRequests("anna", "0000-0000")).toEqual([])
      yield* sql`UPDATE klingkit_approvals SET question = 'damaged'`
      expect(yield* ledger.approvalRequests("anna")).toEqual([])
    })
  )
}
