import { Schema } from "effect"
import { operation } from "../operation.ts"
import type { Rule } from "../params/check-input.ts"
import { choice, integer, list, records, text } from "../params/param.ts"
import { free } from "../prices/quote.ts"
import { maybe } from "../wire/fields.ts"

const read = { kind: "read", since: "2026-07-06", price: () => free, usualSeconds: () => 0 } as const

const period = {
  startTime: integer("start_time", { notes: "ms since 1970; needed without a cursor" }),
  endTime: integer("end_time", { notes: "ms since 1970; needed without a cursor" }),
  cursor: text("cursor", { notes: "the next page; overrides every other parameter" }),
  limit: integer("limit", { min: 1, max: 500, default: 500 })
}

interface Period {
  readonly startTime?: number
  readonly endTime?: number
  readonly cursor?: string
}

const periodOrCursor: Rule<Period> = {
  name: "period-or-cursor",
  field: "startTime",
  check: ({ startTime, endTime, cursor }) =>
    cursor === undefined && (startTime === undefined || endTime === undefined)
      ? "and endTime are needed, or the cursor of a page"
      : undefined
}

/** The ledgers' lines are not documented: they are handed on as they come. */
const BillingPage = Schema.Struct({
  result: Schema.Struct({
    detail: maybe(Schema.Array(Schema.Record(Schema.String, Schema.Unknown))),
    count: maybe(Schema.Int)
  }),
  next_cursor: maybe(Schema.String),
  has_more: maybe(Schema.Boolean)
})

const packageKeys = ["api_key_name", "product_type", "package_name", "package_id"] as const
const productTypes: ReadonlyArray<string> = ["video", "image", "try-on"]

export const packageBilling = operation({
  ...read,
  id: "account.billing.package",
  summary: "What was taken from the resource packs, page by page. A read in spite of its verb",
  family: "account",
  path: "/account/billing/package",
  params: {
    ...period,
    filters: records(
      "filters[]",
      {
        key: choice("key", packageKeys, { required: true }),
        values: list("values", text("", {}), { required: true, min: 1 })
      },
      { notes: "product_type: video, image or try-on; package_name or package_id, not both" }
    )
  },
  rules: [
    periodOrCursor,
    {
      name: "package-name-or-id",
      field: "filters",
      check: ({ filters = [] }) =>
        filters.some((one) => one.key === "package_name") && filters.some((one) => one.key === "package_id")
          ? "name a package by package_name or by package_id, not by both"
          : undefined
    },
    {
      name: "known-product-type",
      field: "filters",
      check: ({ filters = [] }) => {
        const odd = filters
          .flatMap((one) => (one.key === "product_type" ? one.values : []))
          .find((value) => !productTypes.includes(value))
        return odd === undefined ? undefined : `product_type is one of ${productTypes.join(", ")}`
      }
    }
  ],
  output: BillingPage,
  example: { startTime: 1781000000000, endTime: 1783600000000 }
})

export const balanceBilling = operation({
  ...read,
  id: "account.billing.balance",
  summary: "What was taken from the money balance, page by page. A read in spite of its verb",
  family: "account",
  path: "/account/billing/balance",
  params: {
    ...period,
    filters: records(
      "filters[]",
      {
        key: choice("key", ["api_key_name"], { required: true }),
        values: list("values", text("", {}), { required: true, min: 1 })
      },
      {}
    )
  },
  rules: [periodOrCursor],
  output: BillingPage,
  example: { startTime: 1781000000000, endTime: 1783600000000 }
})
