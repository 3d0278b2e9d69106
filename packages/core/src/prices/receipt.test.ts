import { describe, expect, it } from "vitest"
import type { Charge, TaskStatus } from "../wire/task.ts"
import { lipSyncRate } from "./call-prices.ts"
import { estimate, exactQuote, free, type Quote, unknownPrice, withBound } from "./quote.ts"
import { chargedUsd, receiptOf } from "./receipt.ts"

const film = exactQuote("video", 5, 0.6, "5 s x 0.6")
const copied = withBound(estimate(exactQuote("video", 5, 0.9, "5 s x 0.9"), "rounded"), exactQuote("video", 6, 0.9, ""))
const open = unknownPrice("per template")
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
    ["money beside units, none of it taken", [units(3), cash(0)], "3 video units ($0.42), as quoted"],
    ["units under another name", [units(3, "audio")], "3 audio units, as quoted"],
    ["USD", [cash(0.42, "USD")], "0.42 USD of the balance, as quoted"],
    ["money of another country", [cash(3, "CNY")], "3 CNY of the balance"],
    ["money without its name", [cash(3)], "3 of the balance, in the account's currency"]
  ])("says what was taken: %s", (_, charges, charged) => {
    expect(receipt(film, charges)).toEqual({ quoted: "3 video units ($0.42)", charged })
  })

  it.each([
    ["more than an exact quote", film, [units(4)], "quoted 3 units, charged 4 units"],
    ["less than an exact quote", film, [units(2.4)], "quoted 3 units, charged 2.4 units"],
    ["nothing for what was to cost", film, [units(0)], "quoted 3 units, charged 0 units"],
    ["something for what was to be free", free, [units(0.05)], "quoted 0 units, charged 0.05 units"],
    ["more money", film, [cash(0.5, "USD")], "quoted $0.42, charged $0.50"],
    ["units of another pack", film, [units(3, "image")], "quoted $0.42, charged $0.0105"],
    ["units of two packs", film, [units(2, "video"), units(280, "image")], "quoted $0.42, charged $1.26"],
    ["units and money", film, [units(3), cash(0.2, "USD")], "quoted $0.42, charged $0.62"],
    ["more than an estimate's most", copied, [units(5.5)], "quoted at most 5.4 units, charged 5.5 units"],
    ["more than the most of an open quote", lipSyncRate, [units(7)], "quoted at most 6 units, charged 7 units"]
  ])("reports a mismatch: %s", (_, quote, charges, mismatch) => {
    expect(receipt(quote, charges)).toMatchObject({ mismatch })
    expect(receipt(quote, charges).charged).not.toContain("quoted")
  })

  it.each([
    ["an estimate, on the spot", copied, [units(4.5)], "4.5 video units ($0.63), within what was quoted"],
    ["an estimate, at its most", copied, [units(5.4)], "5.4 video units ($0.756), within what was quoted"],
    ["an open quote", lipSyncRate, [units(0.5)], "0.5 video units ($0.07), within what was quoted"],
    ["one unit of what had no price before", open, [units(1)], "1 unit"],
    ["what had no price before", open, [units(2, "video")], "2 video units ($0.28)"],
    ["what klingkit never quoted", undefined, [units(2)], "2 units"],
    ["a pack whose units have no price", open, [units(2, "audio\u202e")], "2 audio units"]
  ])("agrees with %s", (_, quote, charges, charged) => {
    expect(receipt(quote, charges)).not.toHaveProperty("mismatch")
    expect(receipt(quote, charges)).toMatchObject({ charged })
  })

  it("says nothing of a running task, and honestly that nobody knows, of an ended one", () => {
    expect(receipt(film, [], "processing")).toEqual({ quoted: "3 video units ($0.42)" })
    expect(receipt(film, [])).toMatchObject({ charged: "not known: Kling's answer does not say" })
    expect(receipt(film, [], "failed")).toMatchObject({
      charged: "not known: Kling's answer does not say, and what a failed task costs is not documented"
    })
    expect(receipt(open, [units(0)], "failed")).toEqual({ quoted: "not known before", charged: "nothing" })
  })

  it("tells the quotes apart", () => {
    expect([film, copied, lipSyncRate, open].map((quote) => receipt(quote, [], "processing").quoted)).toEqual([
      "3 video units ($0.42)",
      "about 4.5 video units ($0.63), at most 5.4 video units ($0.756)",
      "at most 6 video units ($0.84)",
      "not known before"
    ])
  })
})

describe("charges in USD", () => {
  it("are known only when all of them are", () => {
    expect(chargedUsd([units(3)], film)).toBeCloseTo(0.42)
    expect(chargedUsd([units(8, "image"), cash(0.1, "usd")], film)).toBeCloseTo(0.128)
    expect(chargedUsd([units(3), cash(0)], film)).toBeCloseTo(0.42)
    expect(chargedUsd([], film)).toBeUndefined()
    expect(chargedUsd([units(3), cash(1, "CNY")], film)).toBeUndefined()
    expect(chargedUsd([units(3, "audio")], film)).toBeUndefined()
    expect(chargedUsd([units(3)], undefined)).toBeUndefined()
  })
})
