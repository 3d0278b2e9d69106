import { Kling, type KlingError, operations, untrustedText } from "@klingkit/core"
import { Clock, Effect } from "effect"
import * as z from "zod"
import { fitting } from "./fitting.ts"

export const packFacts = z.object({
  name: z.string(),
  id: z.string(),
  status: z.string(),
  pays_for: z.string(),
  left: z.number(),
  total: z.number(),
  created_at: z.string().optional(),
  expires_at: z.string().optional()
})

export type PackFacts = z.output<typeof packFacts>

/** Said wherever figures of packs are shown: people know Kling's other credits, and wait for a charge to show. */
const packNotes = [
  "These are packs of the developer API; credits of the Kling app are another purse and do not count here.",
  "Kling's figures may lag by 12 hours."
]

const yearMillis = 365 * 86_400_000

/** Every pack of the last year, as `GET /account/costs` tells it. */
export const readPacks: Effect.Effect<ReadonlyArray<PackFacts>, KlingError, Kling> = Effect.gen(function* () {
  const kling = yield* Kling
  const endTime = yield* Clock.currentTimeMillis
  const { resource_pack_subscribe_infos: packs = [] } = yield* kling.call(operations["account.costs"], {
    startTime: endTime - yearMillis,
    endTime
  })
  return packs.map((pack) => ({
    name: untrustedText(pack.resource_pack_name, 80),
    id: untrustedText(pack.resource_pack_id, 80),
    status: untrustedText(pack.status, 20),
    pays_for: kindIn(pack.resource_pack_name),
    left: pack.remaining_quantity,
    total: pack.total_quantity,
    ...isoTime("created_at", pack.purchase_time),
    ...isoTime("expires_at", pack.invalid_time)
  }))
})

/** The packs that a result has room for, and what has to be said beside them. */
export const shownPacks = (packs: ReadonlyArray<PackFacts>) => {
  const shown = fitting(packs, (pack) => [pack, Object.entries(pack)])
  const left = packs.length - shown.length
  const notes = left === 0 ? packNotes : [...packNotes, `${left} more packs are not shown.`]
  return { packs: shown, notes: [...notes] }
}

/** Video, image and try-on units do not pay for each other; Kling says only in a pack's name which they are. */
const kindIn = (name: string): string =>
  /try-?on|image|video/i.exec(name)?.[0].toLowerCase().replace("tryon", "try-on") ?? "not named"

const isoTime = <Name extends string>(name: Name, millis: number | undefined): { readonly [N in Name]?: string } =>
  millis === undefined ? {} : ({ [name]: new Date(millis).toISOString() } as { readonly [N in Name]: string })
