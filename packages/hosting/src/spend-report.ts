import type { PeriodSpend, RequestsSpend, SpendGroup } from "@klingkit/jobs"
import { csvCell, type ReportGrouping } from "@klingkit/jobs/internal"

/** Dollars to the millionth, as they are stored: `0.42`, `0.028`. */
export const exactUsd = (usd: number): string => usd.toFixed(6).replace(/(\.\d\d\d*?)0+$/, "$1")

const unitsOf = ({ charges }: RequestsSpend): number =>
  charges.reduce((sum, { kind, amount }) => (kind === "unit" ? sum + amount : sum), 0)

/** Units have at most three decimals at Kling; a sum of them has no more. */
const exactUnits = (spend: RequestsSpend): number => Number(unitsOf(spend).toFixed(6))

const columns: ReadonlyArray<readonly [string, (spend: RequestsSpend) => string | number]> = [
  ["tasks", ({ tasks }) => tasks],
  ["charged_usd", ({ chargedUsd }) => exactUsd(chargedUsd)],
  ["reserved_usd", ({ reservedUsd }) => exactUsd(reservedUsd)],
  ["unknown_usd", ({ unknownUsd }) => exactUsd(unknownUsd)],
  ["total_usd", ({ usedUsd }) => exactUsd(usedUsd)],
  ["units", exactUnits]
]

/** One row for each group (RFC 4180); the rows add up to all that was spent. What belongs to no group has no name. */
export const reportCsv = ({ groups = [] }: PeriodSpend, by: ReportGrouping): string =>
  [
    [by, ...columns.map(([title]) => title)],
    ...groups.map(({ name, ...group }) => [csvCell(name), ...columns.map(([, cell]) => String(cell(group)))])
  ]
    .map((cells) => `${cells.join(",")}\r\n`)
    .join("")

const rowJson = (spend: RequestsSpend) => ({
  ...Object.fromEntries(columns.map(([title, cell]) => [title, Number(cell(spend))])),
  charges: spend.charges
})

/** The same as JSON, with the total, and what Kling has charged by pack and currency. */
export const reportJson = ({ since, until, groups = [], ...total }: PeriodSpend, by: ReportGrouping): string => {
  const rows = groups.map(({ name, ...group }: SpendGroup) => ({ [by]: name ?? null, ...rowJson(group) }))
  return `${JSON.stringify({ since, until, by, total: rowJson(total), rows }, undefined, 2)}\n`
}
