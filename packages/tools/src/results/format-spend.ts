import type { Charge } from "@klingkit/core"
import { chargeText, sanitizeText, usdText } from "@klingkit/core/internal"
import type { BudgetState, DaySpend, RequestsSpend, SpendGroup, SpendLimits, SpendReport } from "@klingkit/jobs"
import { budgetLeftText, budgetText, spendPartsText } from "@klingkit/jobs/internal"

export const chargeData = (charge: Charge) => {
  const of = charge.kind === "unit" ? charge.pack : charge.currency
  return { kind: charge.kind, amount: charge.amount, ...(of === undefined ? {} : { of: sanitizeText(of, 60) }) }
}

/** The parts of a day or a period, in USD. */
export const partsData = ({ chargedUsd, reservedUsd, unknownUsd }: Omit<DaySpend, "usedUsd" | "day">) => ({
  charged_usd: chargedUsd,
  reserved_usd: reservedUsd,
  unknown_usd: unknownUsd
})

/** Kling has three packs and one balance; results have no room for more. */
const maxKinds = 4

const requestsData = (spend: RequestsSpend) => ({
  used_usd: spend.usedUsd,
  ...partsData(spend),
  tasks: spend.tasks,
  charges: spend.charges.slice(0, maxKinds).map(chargeData)
})

/** The limits of this server, and what is left of the one per day. */
const limitsData = ({ maxUsdPerCall, confirmAboveUsd }: SpendLimits, { usedUsd, limitUsd, leftUsd }: DaySpend) => ({
  used_today_usd: usedUsd,
  ...(limitUsd === undefined ? {} : { per_day_usd: limitUsd }),
  ...(leftUsd === undefined ? {} : { left_today_usd: leftUsd }),
  ...(maxUsdPerCall === undefined ? {} : { per_call_usd: maxUsdPerCall }),
  ...(confirmAboveUsd === undefined ? {} : { approval_above_usd: confirmAboveUsd })
})

export const groupData = ({ name = "other", ...spend }: SpendGroup) => ({ name, ...requestsData(spend) })

const budgetData = ({ level, name, period, limitUsd, leftUsd, usedUsd, resetsOn, ...parts }: BudgetState) => ({
  level,
  name: sanitizeText(name, 80),
  per: period,
  limit_usd: limitUsd,
  left_usd: leftUsd,
  used_usd: usedUsd,
  ...partsData(parts),
  ...(resetsOn === undefined ? {} : { resets_on: resetsOn })
})

/** A report as data; `groups` are those of its groups that are shown. */
export const spendData = (report: SpendReport, limits: SpendLimits, groups: ReadonlyArray<SpendGroup> | undefined) => ({
  since: report.since,
  until: report.until,
  ...requestsData(report),
  ...(groups === undefined ? {} : { groups: groups.map(groupData) }),
  limits: limitsData(limits, report.today),
  ...(report.budgets === undefined ? {} : { budgets: report.budgets.map(budgetData) })
})

/** `$0.84 for 2 tasks: $0.42 charged (3 video units), $0.42 reserved`. */
const requestsText = ({ usedUsd, tasks, charges, ...parts }: RequestsSpend): string => {
  const named = spendPartsText(parts)
  const billed = charges
    .slice(0, maxKinds)
    .map((charge) => chargeText(charge, undefined))
    .join(" and ")
  return [
    `${usdText(usedUsd)} for ${tasks} task${tasks === 1 ? "" : "s"}`,
    ...(named === "" ? [] : [`: ${named}`]),
    ...(billed === "" ? [] : [`; Kling's bill: ${billed}`])
  ].join("")
}

const limitsText = ({ maxUsdPerCall, confirmAboveUsd }: SpendLimits, { usedUsd, limitUsd, leftUsd }: DaySpend) =>
  [
    leftUsd === undefined || limitUsd === undefined
      ? `${usdText(usedUsd)} today, no limit per day`
      : `${usdText(leftUsd)} left today of ${usdText(limitUsd)} (until midnight UTC), ${usdText(usedUsd)} used`,
    maxUsdPerCall === undefined ? "no limit per call" : `${usdText(maxUsdPerCall)} per call`,
    ...(confirmAboveUsd === undefined ? [] : [`approval above ${usdText(confirmAboveUsd)}`])
  ].join("; ")

/** The same as text. */
export const spendLines = (
  report: SpendReport,
  limits: SpendLimits,
  groups: ReadonlyArray<SpendGroup> = []
): ReadonlyArray<string> => [
  `${report.since === report.until ? report.since : `${report.since} to ${report.until}`} (UTC): ${requestsText(report)}`,
  ...groups.map(({ name = "other", ...spend }) => `- ${name}: ${requestsText(spend)}`),
  ...(report.reservedUsd === 0 ? [] : ["Reserved: not billed yet; the most that it can cost."]),
  ...(report.unknownUsd === 0 ? [] : ["Unknown: may have been charged: unresolved, or failed without a bill."]),
  `Limits: ${limitsText(limits, report.today)}`,
  ...(report.budgets ?? []).map((budget) => `Budget: ${budgetText(budget)}, ${budgetLeftText(budget)}`)
]
