import { Kling, type KlingError, operations } from "@klingkit/core"
import { packLagHours, sanitizeText } from "@klingkit/core/internal"
import { Clock, Effect } from "effect"
import * as z from "zod"
import { truncateToBudget } from "./truncate-to-budget.ts"

export const packSchema = z.object({
  name: z.string(),
  id: z.string(),
  status: z.string(),
  pays_for: z.string(),
  left: z.number(),
  total: z.number(),
  created_at: z.string().optional(),
  expires_at: z.string().optional()
})

export type PackData = z.output<typeof packSchema>

/** Shown with every pack balance: users know Kling's other credits, and expect charges to appear at once. */
const packNotes = [
  "These are packs of the developer API; credits of the Kling app are separate and do not count here.",
  `Kling's figures may lag by ${packLagHours} hours.`
]

const yearMillis = 365 * 86_400_000

/** Every pack of the last year, from `GET /account/costs`. */
export const readPacks: Effect.Effect<ReadonlyArray<PackData>, KlingError, Kling> = Effect.gen(function* () {
  const kling = yield* Kling
  const endTime = yield* Clock.currentTimeMillis
  const { resource_pack_subscribe_infos: packs = [] } = yield* kling.call(operations["account.costs"], {
    startTime: endTime - yearMillis,
    endTime
  })
  return packs.map((pack) => ({
    name: sanitizeText(pack.resource_pack_name, 80),
    id: sanitizeText(pack.resource_pack_id, 80),
    status: sanitizeText(pack.status, 20),
    pays_for: kindIn(pack.resource_pack_name),
    left: pack.remaining_quantity,
    total: pack.total_quantity,
    ...isoTime("created_at", pack.purchase_time),
    ...isoTime("expires_at", pack.invalid_time)
  }))
})

/** The packs that fit in a result, with the notes that accompany them. */
export const shownPacks = (packs: ReadonlyArray<PackData>) => {
  const shown = truncateToBudget(packs, (pack) => [pack, Object.entries(pack)])
  const left = packs.length - shown.length
  const notes = left === 0 ? packNotes : [...packNotes, `${left} more packs are not shown.`]
  return { packs: shown, notes: [...notes] }
}

/** Video, image and try-on units are not interchangeable; only a pack's name says which it holds. */
const kindIn = (name: string): string =>
  /try-?on|image|video/i.exec(name)?.[0].toLowerCase().replace("tryon", "try-on") ?? "not stated"

const isoTime = <Name extends string>(name: Name, millis: number | undefined): { readonly [N in Name]?: string } =>
  millis === undefined ? {} : ({ [name]: new Date(millis).toISOString() } as { readonly [N in Name]: string })
