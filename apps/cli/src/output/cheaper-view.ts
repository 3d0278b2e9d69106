import { changeText, type CheaperSetting, type Plan } from "@klingkit/core"
import { cheaperText } from "@klingkit/core/internal"
import { kebabName } from "@klingkit/core/requests"
import { Effect } from "effect"

/** How the same request costs less, for `--json` and as lines. Nothing where that is not known. */
export const cheaperOf = ({ cheaper }: Plan) =>
  Effect.map(cheaper ?? Effect.succeed(undefined), (found) => ({
    json: found === undefined ? {} : { cheaper: found.map(cheaperView) },
    lines: (found ?? []).map((setting) => `Cheaper: ${cheaperText(setting)} (${flagText(setting)})`)
  }))

/** `usd` is the most that the request costs then. */
export const cheaperView = (setting: CheaperSetting) => ({
  change: changeText(setting),
  settings: { [setting.field]: setting.to },
  usd: setting.usd,
  units: setting.units ?? null,
  savesUsd: setting.savedUsd,
  isUpperBound: setting.isUpperBound === true
})

const flagText = ({ field, to }: CheaperSetting): string => `--${kebabName(field)} ${to}`
