import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { balanceBilling, packageBilling } from "./billing.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf, ruleCases } from "./testing/rule-cases.ts"

const period = { startTime: 1_790_000_000_000, endTime: 1_790_086_400_000 }
const filter = <const K extends string>(key: K, ...values: ReadonlyArray<string>) => ({ key, values })
const rejectedPeriod = {
  rejected: { startTime: period.startTime },
  says: "startTime and endTime are required, or a cursor",
  accepted: { cursor: "next" }
}

ruleCases(packageBilling, {
  "period-or-cursor": rejectedPeriod,
  "package-name-or-id": {
    rejected: { ...period, filters: [filter("package_name", "a"), filter("package_id", "b")] },
    says: "use package_name or package_id, not both",
    accepted: { ...period, filters: [filter("package_name", "a"), filter("api_key_name", "b")] }
  },
  "known-product-type": {
    rejected: { ...period, filters: [filter("product_type", "video", "audio")] },
    says: "product_type is one of video, image, try-on",
    accepted: { ...period, filters: [filter("product_type", "video", "try-on")] }
  }
})
ruleCases(balanceBilling, { "period-or-cursor": rejectedPeriod })

roundTripBodies(
  [
    packageBilling,
    `{"start_time":1790000000000,"end_time":1790086400000,"limit":500,
        "filters":[{"key":"product_type","values":["image"]},{"key":"package_id","values":["p1"]}]}`
  ],
  [balanceBilling, `{"cursor":"next"}`]
)

describe("billing records", () => {
  it("are reads although they use POST", () => {
    expect(packageBilling).toMatchObject({ kind: "read", method: "POST", billed: false, listed: false })
    expect(balanceBilling).toMatchObject({ kind: "read", method: "POST", billed: false, listed: false })
  })

  it("of the balance are filtered by API key name only", () => {
    expect(problemsOf(balanceBilling, { ...period, filters: [filter("product_type", "video")] })).toHaveLength(1)
  })

  it("are passed on unchanged", () => {
    const read = Schema.decodeUnknownSync(packageBilling.output ?? Schema.Never)
    const page = { result: { detail: [{ anything: 1, at: "x" }], count: 1 }, next_cursor: "next", has_more: true }
    expect(read(page)).toEqual(page)
    expect(read({ result: {}, has_more: false })).toEqual({ result: {}, has_more: false })
  })
})
