import type { Pack } from "@klingkit/core"
import { Predicate } from "effect"
import { isRefusal, refusal } from "../answers/envelope.ts"
import type { OperationHandler } from "../routes/operation-handler.ts"
import { readListBody, readQuery } from "../routes/read-input.ts"
import type { PackCharge } from "../world/ledger.ts"
import type { WorldState } from "../world/world-state.ts"

const dayMs = 86_400_000

const packName = (world: WorldState, name: Pack): string => {
  const { total, concurrency } = world.packs[name]
  return `Emulator ${name} pack ${total} units ${concurrency}Con`
}

/** `GET /account/costs`. A pack's name contains its concurrency limit, as on the live API. */
export const accountCosts: OperationHandler = ({ world, route, query, now }) => {
  const input = readQuery(world, route.operation, query)
  if (isRefusal(input)) return input
  if (world.switches.costsOncePerSecond && now - world.lastCostsReadAt < 1000) {
    return refusal(1302, "Requests are too frequent: at most one a second")
  }
  world.lastCostsReadAt = now
  const opened = world.openedAt ?? now
  const nameFilter = input["resourcePackName"]
  const packs = (Object.keys(world.packs) as Array<Pack>).map((name) => {
    const { id, total, remaining } = world.packs[name]
    return {
      resource_pack_name: packName(world, name),
      resource_pack_id: id,
      resource_pack_type: "decreasing_total",
      total_quantity: total,
      remaining_quantity: remaining,
      purchase_time: opened,
      effective_time: opened,
      invalid_time: opened + 180 * dayMs,
      status: remaining > 0 ? "online" : "runOut"
    }
  })
  const shown = packs.filter((pack) => nameFilter === undefined || pack.resource_pack_name === nameFilter)
  return { code: 0, msg: "SUCCEED", ...(shown.length === 0 ? {} : { resource_pack_subscribe_infos: shown }) }
}

type Json = Readonly<Record<string, unknown>>

/** `POST /account/billing/package`: the ledger, page by page. Kling does not document its entries; these are the emulator's. */
export const packageBilling: OperationHandler = ({ world, route, body }) => {
  const input = readListBody(world, route.operation, body)
  if (isRefusal(input)) return input
  const { startTime, endTime, limit, filters, cursor } = input
  const from = Predicate.isString(cursor) ? Number(cursor) : 0
  if (!Number.isInteger(from)) return refusal(1201, "cursor is not valid for this list")
  const entries = world.charges
    .filter(({ charge }) => !Predicate.isNumber(startTime) || charge.at >= startTime)
    .filter(({ charge }) => !Predicate.isNumber(endTime) || charge.at <= endTime)
    .map((charge) => entryOf(world, charge))
    .filter((entry) => matches(entry, filters))
  const until = from + (Predicate.isNumber(limit) ? limit : 500)
  const detail = entries.slice(from, until)
  const hasMore = until < entries.length
  return { result: { detail, count: detail.length }, next_cursor: hasMore ? String(until) : "", has_more: hasMore }
}

/** `POST /account/billing/balance`: everything here is paid with units, so there are no cash entries. */
export const balanceBilling: OperationHandler = ({ world, route, body }) => {
  const input = readListBody(world, route.operation, body)
  return isRefusal(input) ? input : { result: { detail: [], count: 0 }, next_cursor: "", has_more: false }
}

const entryOf = (world: WorldState, { charge, pack }: PackCharge): Json => ({
  task_id: charge.taskId,
  external_task_id: charge.externalTaskId,
  product_type: pack,
  package_id: world.packs[pack].id,
  package_name: packName(world, pack),
  api_key_name: "emulator",
  amount: String(charge.units),
  time: charge.at
})

const matches = (entry: Json, filters: unknown): boolean =>
  !Array.isArray(filters) ||
  filters.every(({ key, values }: { readonly key: string; readonly values: ReadonlyArray<string> }) =>
    values.includes(String(entry[key]))
  )
