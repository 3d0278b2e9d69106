import { fieldsOf, numberOf } from "./task.ts"

/** What today's requests (UTC) cost or may still cost, in USD, and what is left of the limit per day. */
export interface DaySpend {
  readonly charged: number
  readonly reserved: number
  readonly unknown: number
  readonly left?: number | undefined
}

export const readDaySpend = (value: unknown): DaySpend | undefined => {
  const fields = fieldsOf(value)
  const [charged, reserved, unknown] = [
    numberOf(fields["charged_usd"]),
    numberOf(fields["reserved_usd"]),
    numberOf(fields["unknown_usd"])
  ]
  if (charged === undefined || reserved === undefined || unknown === undefined) return undefined
  return { charged, reserved, unknown, left: numberOf(fields["left_usd"]) }
}

/** `Today (UTC): $0.42 charged, $0.42 reserved, $9.16 left`; empty when there is nothing to say. */
export const daySpendText = ({ charged, reserved, unknown, left }: DaySpend): string => {
  const used = [
    [charged, "charged"],
    [reserved, "reserved"],
    [unknown, "unknown"]
  ] as const
  const parts = [...used.filter(([usd]) => usd > 0), ...(left === undefined ? [] : [[left, "left"] as const])]
  return parts.length === 0 ? "" : `Today (UTC): ${parts.map(([usd, word]) => `${usdText(usd)} ${word}`).join(", ")}`
}

const usdText = (usd: number): string =>
  `$${usd.toLocaleString("en-US", { useGrouping: false, minimumFractionDigits: 2, maximumFractionDigits: 6 })}`
