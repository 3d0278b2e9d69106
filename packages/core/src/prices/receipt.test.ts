import { describe, expect, it } from "vitest"
import type { Charge, TaskStatus } from "../wire/task.ts"
import { lipSyncRate } from "./call-prices.ts"
import { estimate, exactQuote, free, type Quote, unknownPrice, withUpperBound } from "./quote.ts"
import { chargedUsd, receiptOf } from "./receipt.ts"

const exact = exactQuote("video", 5, 0.6, "5 s x 0.6")
const estimated = withUpperBound(
  estimate(exactQuote("video", 5, 0.9, "5 s x 0.9"), "rounded"),
  exactQuote("video", 6, 0.9, "")
)
const unpriced = unknownPrice("per template")
const units = (amount: number, pack?: string): Charge => ({
  kind: "unit",
  amount,
  ...(pack === undefined ? {} : { pack })
})
const cash = (amount: number, currency?: string): Charge => ({
  kind: "cash",
  amount,
  ...(currency === undefined ? {} : { currency })
})

const receipt = (quote: Quote | undefined, charges: ReadonlyArray<Charge>, status: TaskStatus = "succeed") =>
  receiptOf(quote, { status, charges })

describe("the receipt of a task", () => {
  it.each([
    ["units of a pack", [units(3, "video")], "3 video units ($0.42), as quoted"],
    ["units of no named pack", [units(3)], "3 video units ($0.42), as quoted"],
    ["units in two sums", [units(1.2), units(1.8)], "3 video units ($0.42), as quoted"],
    ["units and a zero in money", [units(3), cash(0)], "3 video units ($0.42), as quoted"],
    ["units under another name", [units(3, "audio")], "3 audio units, as quoted"],
    ["USD", [cash(0.42, "USD")], "0.42 USD of the balance, as quoted"],
    ["another currency", [cash(3, "CNY")], "3 CNY of the balance"],
    ["money without a currency", [cash(3)], "3 of the balance, in the account's currency"]
  ])("shows what was charged: %s", (_, charges, charged) => {
    expect(receipt(exact, charges)).toEqual({ quoted: "3 video units ($0.42)", charged })
  })

  it.each([
    ["more than an exact quote", exact, [units(4)], "quoted 3 units, charged 4 units"],
    ["less than an exact quote", exact, [units(2.4)], "quoted 3 units, charged 2.4 units"],
    ["nothing for a paid request", exact, [units(0)], "quoted 3 units, charged 0 units"],
    ["something for a free request", free, [units(0.05)], "quoted 0 units, charged 0.05 units"],
    ["more money", exact, [cash(0.5, "USD")], "quoted $0.42, charged $0.50"],
    ["units of another pack", exact, [units(3, "image")], "quoted $0.42, charged $0.0105"],
    ["units of two packs", exact, [units(2, "video"), units(280, "image")], "quoted $0.42, charged $1.26"],
    ["units and money", exact, [units(3), cash(0.2, "USD")], "quoted $0.42, charged $0.62"],
    ["more than an estimate's upper bound", estimated, [units(5.5)], "quoted at most 5.4 units, charged 5.5 units"],
    ["more than the upper bound of an open quote", lipSyncRate, [units(7)], "quoted at most 6 units, charged 7 units"]
  ])("reports a mismatch: %s", (_, quote, charges, mismatch) => {
    expect(receipt(quote, charges)).toMatchObject({ mismatch })
    expect(receipt(quote, charges).charged).not.toContain("quoted")
  })

  it.each([
    ["an estimate that was met", estimated, [units(4.5)], "4.5 video units ($0.63), within the quote"],
    ["an estimate at its upper bound", estimated, [units(5.4)], "5.4 video units ($0.756), within the quote"],
    ["an open quote", lipSyncRate, [units(0.5)], "0.5 video units ($0.07), within the quote"],
    ["one unit of an unknown price", unpriced, [units(1)], "1 unit"],
    ["an unknown price", unpriced, [units(2, "video")], "2 video units ($0.28)"],
    ["a task without a quote", undefined, [units(2)], "2 units"],
    ["a pack whose units have no price", unpriced, [units(2, "audio\u202e")], "2 audio units"]
  ])("agrees with %s", (_, quote, charges, charged) => {
    expect(receipt(quote, charges)).not.toHaveProperty("mismatch")
    expect(receipt(quote, charges)).toMatchObject({ charged })
  })

  it("has no charge for a running task, and an unknown one for a finished task without a report", () => {
    expect(receipt(exact, [], "processing")).toEqual({ quoted: "3 video units ($0.42)" })
    expect(receipt(exact, [])).toMatchObject({ charged: "unknown: Kling did not report it" })
    expect(receipt(exact, [], "failed")).toMatchObject({
      charged: "unknown: Kling did not report it and does not document what a failed task costs"
    })
    expect(receipt(unpriced, [units(0)], "failed")).toEqual({ quoted: "unknown until charged", charged: "nothing" })
  })

  it("formats each kind of quote", () => {
    expect([exact, estimated, lipSyncRate, unpriced].map((quote) => receipt(quote, [], "processing").quoted)).toEqual([
      "3 video units ($0.42)",
      "about 4.5 video units ($0.63), at most 5.4 video units ($0.756)",
      "at most 6 video units ($0.84)",
      "unknown until charged"
    ])
  })
})

describe("charges in USD", () => {
  it("are known only when all of them are", () => {
    expect(chargedUsd([units(3)], exact)).toBeCloseTo(0.42)
    expect(chargedUsd([units(8, "image"), cash(0.1, "usd")], exact)).toBeCloseTo(0.128)
    expect(chargedUsd([units(3), cash(0)], exact)).toBeCloseTo(0.42)
    expect(chargedUsd([], exact)).toBeUndefined()
    expect(chargedUsd([units(3), cash(1, "CNY")], exact)).toBeUndefined()
    expect(chargedUsd([units(3, "audio")], exact)).toBeUndefined()
    expect(chargedUsd([units(3)], undefined)).toBeUndefined()
  })
})
