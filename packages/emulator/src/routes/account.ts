import type { Pack } from "@klingkit/core"
import { type Refusal, refusal } from "../answers/envelope.ts"
import type { WorldState } from "../world/world-state.ts"

const dayMs = 86_400_000

/** `data` of `GET /account/costs`. The concurrency ceiling is readable in a pack's name, as on the live API. */
export const accountCosts = (world: WorldState, query: URLSearchParams, now: number): unknown | Refusal => {
  if (world.switches.costsOncePerSecond && now - world.costsAskedAt < 1000) {
    return refusal(1302, "Requests are too frequent: at most one a second")
  }
  world.costsAskedAt = now
  const wanted = query.get("resource_pack_name")
  const packs = (Object.keys(world.packs) as Array<Pack>).map((name) => {
    const { id, total, remaining, concurrency } = world.packs[name]
    return {
      resource_pack_name: `Emulator ${name} pack ${total} units ${concurrency}Con`,
      resource_pack_id: id,
      resource_pack_type: "decreasing_total",
      total_quantity: total,
      remaining_quantity: remaining,
      purchase_time: world.openedAt,
      effective_time: world.openedAt,
      invalid_time: world.openedAt + 180 * dayMs,
      status: remaining > 0 ? "online" : "runOut"
    }
  })
  return {
    code: 0,
    msg: "SUCCEED",
    resource_pack_subscribe_infos: packs.filter((pack) => wanted === null || pack.resource_pack_name === wanted)
  }
}
