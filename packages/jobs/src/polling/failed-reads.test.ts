import { KlingError, type KlingErrorReason } from "@klingkit/core"
import { describe, expect, it } from "vitest"
import { countFailedRead, type FailedReads, noFailedReads } from "./failed-reads.ts"

const answered = { klingCode: 1, klingMessage: "no" }
const errorOf = (reason: KlingErrorReason) => new KlingError({ reason })

/** Whether the wait continues after each of these reads, a minute apart. */
const continues = (reasons: ReadonlyArray<KlingErrorReason>): ReadonlyArray<boolean> => {
  let counted: FailedReads | undefined = noFailedReads
  return reasons.map((reason, minute) => {
    counted = countFailedRead(counted ?? noFailedReads, errorOf(reason), (minute + 1) * 60_000)
    return counted !== undefined
  })
}

describe("a wait whose reads fail", () => {
  it("ends with the third rejection in a row", () => {
    const rejected = { _tag: "Unauthorized", ...answered } as const
    const unclear = { _tag: "UnexpectedAnswer", detail: "HTML" } as const
    expect(continues([rejected, rejected, rejected])).toEqual([true, true, false])
    expect(continues([rejected, rejected, unclear, rejected])).toEqual([true, true, true, true])
  })

  it("lasts half an hour for what is not understood, and for ever for what a retry may fix", () => {
    const unclear = continues(Array.from({ length: 40 }, () => ({ _tag: "UnexpectedAnswer", detail: "HTML" })))
    expect(unclear.indexOf(false)).toBe(30)
    expect(continues(Array.from({ length: 90 }, () => ({ _tag: "ConnectionLost", detail: "reset" })))).not.toContain(
      false
    )
  })

  it("has none for what time does not change", () => {
    expect(continues([{ _tag: "MissingCredentials", settings: [] }])).toEqual([false])
    expect(continues([{ _tag: "SubmissionUnknown", detail: "lost" }])).toEqual([false])
  })
})
