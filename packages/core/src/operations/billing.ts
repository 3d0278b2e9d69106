import { Schema } from "effect"
import { operation } from "../operation.ts"
import type { Rule } from "../params/check-input.ts"
import { enumOf, integer, array, objectArray, string } from "../params/param.ts"
import { maybe } from "../wire/fields.ts"
import { freeRead } from "./free-calls.ts"

const read = { ...freeRead, since: "2026-07-06" } as const

const period = {
  startTime: integer("start_time", { notes: "ms since 1970; required without a cursor" }),
  endTime: integer("end_time", { notes: "ms since 1970; required without a cursor" }),
  cursor: string("cursor", { notes: "the next page; overrides every other parameter" }),
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
      ? "and {endTime} are required, or a cursor"
      : undefined
}

/** The records are not documented, so they are passed on unchanged. */
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
  summary: "Charges to the resource packs, paged. A read, although it is a POST",
  family: "account",
  path: "/account/billing/package",
  params: {
    ...period,
    filters: objectArray(
      "filters[]",
      {
        key: enumOf("key", packageKeys, { required: true }),
        values: array("values", string("", {}), { required: true, min: 1 })
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
        filters.some(({ key }) => key === "package_name") && filters.some(({ key }) => key === "package_id")
          ? "use package_name or package_id, not both"
          : undefined
    },
    {
      name: "known-product-type",
      field: "filters",
      check: ({ filters = [] }) => {
        const invalid = filters
          .flatMap(({ key, values }) => (key === "product_type" ? values : []))
          .find((value) => !productTypes.includes(value))
        return invalid === undefined ? undefined : `product_type is one of ${productTypes.join(", ")}`
      }
    }
  ],
  output: BillingPage,
  example: { startTime: 1781000000000, endTime: 1783600000000 }
})

export const balanceBilling = operation({
  ...read,
  id: "account.billing.balance",
  summary: "Charges to the money balance, paged. A read, although it is a POST",
  family: "account",
  path: "/account/billing/balance",
  params: {
    ...period,
    filters: objectArray(
      "filters[]",
      {
        key: enumOf("key", ["api_key_name"], { required: true }),
        values: array("values", string("", {}), { required: true, min: 1 })
      },
      {}
    )
  },
  rules: [periodOrCursor],
  output: BillingPage,
  example: { startTime: 1781000000000, endTime: 1783600000000 }
})
