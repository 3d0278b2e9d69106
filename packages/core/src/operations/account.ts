import { packLagHours } from "../kling-facts.ts"
import { Schema } from "effect"
import { operation } from "../operation.ts"
import { integer, string } from "../params/param.ts"
import { OptionalTime } from "../wire/fields.ts"
import { freeRead } from "./free-calls.ts"

const ResourcePack = Schema.Struct({
  resource_pack_name: Schema.String,
  resource_pack_id: Schema.String,
  resource_pack_type: Schema.optionalKey(Schema.String),
  total_quantity: Schema.Finite,
  remaining_quantity: Schema.Finite,
  purchase_time: OptionalTime,
  effective_time: OptionalTime,
  invalid_time: OptionalTime,
  status: Schema.String
})

export const accountCosts = operation({
  id: "account.costs",
  summary: `Resource packs and their remaining units; may lag ${packLagHours} hours; at most one call per second`,
  family: "account",
  ...freeRead,
  method: "GET",
  path: "/account/costs",
  since: "2024-10-30",
  params: {
    startTime: integer("start_time", { required: true, notes: "ms since 1970" }),
    endTime: integer("end_time", { required: true, notes: "ms since 1970" }),
    resourcePackName: string("resource_pack_name", {})
  },
  output: Schema.Struct({
    resource_pack_subscribe_infos: Schema.optionalKey(Schema.Array(ResourcePack))
  }),
  example: { startTime: 1781000000000, endTime: 1783600000000 }
})
