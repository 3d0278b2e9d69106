import { findVideoModel, type Pack } from "@klingkit/core"
import { unitUsd, videoUnitsPerSecond } from "@klingkit/core/internal"
import { mediumOf } from "../outputs/family-outputs.ts"
import { imageCount, resolutionOf, secondsOf, type Settings } from "../outputs/settings.ts"
import { roundUnits } from "./packs.ts"

export interface Cost {
  readonly pack: Pack
  readonly units: number
  readonly usd: number
  readonly slots: number
  readonly slotKey: string
}

/** What a task will cost and which slots it occupies, now that every duration is known. */
export const costOf = (settings: Settings): Cost => {
  const { operation, input, model } = settings
  const quote = operation.price(input)
  const pack = quote.pack ?? (operation.family === "vton" ? "try-on" : mediumOf(operation))
  // A price in money only, such as a partner's, is charged in the units that it is worth.
  const worth = quote.priceUsd === undefined ? undefined : roundUnits(quote.priceUsd / unitUsd[pack])
  const units = quote.units ?? worth ?? unitsByLength(settings) ?? placeholderUnits
  return {
    pack,
    units,
    usd: quote.priceUsd ?? roundUnits(units * unitUsd[pack]),
    // An image task occupies one concurrency slot per image (Kling docs, concurrency rules).
    slots: pack === "image" ? imageCount(settings) : 1,
    slotKey: `${pack} ${findVideoModel(model)?.id ?? (model || operation.family)}`
  }
}

// Where Kling publishes no price, the emulator charges one unit, so that the ledger shows a charge.
const placeholderUnits = 1

type Rates = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>

/** For prices per second of a source video or audio. */
const unitsByLength = (settings: Settings): number | undefined => {
  const { operation, model } = settings
  const rates: Rates = videoUnitsPerSecond
  const seconds = secondsOf(settings)
  const resolution = resolutionOf(settings)
  const perSecond = (rate: number | undefined) =>
    rate === undefined ? undefined : roundUnits(rate * Math.round(seconds))
  const modelId = findVideoModel(model)?.id ?? model
  switch (operation.family) {
    case "motion":
      return perSecond(rates[modelId]?.["motion control"]?.[resolution])
    case "omni":
      return perSecond(rates[modelId]?.["video input"]?.[resolution])
    case "avatar":
      return perSecond(rates["avatar"]?.["std/pro"]?.[resolution])
    case "lipsync":
    case "lipsyncold":
      return roundUnits(0.5 * Math.ceil(seconds / 5))
    default:
      return undefined
  }
}
