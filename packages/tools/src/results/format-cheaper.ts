import { changeText, type CheaperSetting, type Plan } from "@klingkit/core"
import { cheaperText, unitsText } from "@klingkit/core/internal"
import { findRequest } from "@klingkit/core/requests"
import * as z from "zod"
import { argumentName } from "../argument-name.ts"

export const cheaperSchema = z.array(z.looseObject({ change: z.string(), usd: z.number() })).optional()

/** What of the call would change, by the names of its arguments, and its price then: the most that it can cost. */
export const cheaperData = ({ request, quote }: Plan, cheaper: ReadonlyArray<CheaperSetting>) => {
  const declared = findRequest(request?.request ?? "")
  return cheaper.map((setting) => ({
    change: changeText(setting),
    settings: { [declared === undefined ? setting.field : argumentName(declared, setting.field)]: setting.to },
    usd: setting.usd,
    ...(setting.units === undefined ? {} : { units: setting.units, of: quote.pack }),
    saves_usd: setting.savedUsd,
    ...(setting.isUpperBound === true ? { at_most: true } : {})
  }))
}

/** The same as text: `Cheaper: no audio: $0.42, 3 video units`. */
export const cheaperLines = ({ quote }: Plan, cheaper: ReadonlyArray<CheaperSetting>): ReadonlyArray<string> =>
  cheaper.map((setting) => {
    const units = setting.units === undefined ? "" : `, ${unitsText(setting.units, quote.pack)}`
    return `Cheaper: ${cheaperText(setting)}${units}`
  })
