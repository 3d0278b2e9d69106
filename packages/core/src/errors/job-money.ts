import { Schema } from "effect"
import { usdText } from "../prices/quote.ts"

/** Whether Kling charged, or may have charged, units. */
export const Charged = Schema.Literals(["no", "maybe", "yes"])
export type Charged = typeof Charged.Type

/** What is known of the money of one job, whatever became of the request that an error is about. */
export const JobMoney = Schema.Struct({
  handle: Schema.String,
  /** The request left this machine, or may have. */
  isSent: Schema.Boolean,
  /** Nothing more will be charged or known: the task has ended, or never existed. */
  isEnded: Schema.Boolean,
  charged: Charged,
  /** What was charged; absent where Kling has not told the amount. */
  chargedUsd: Schema.optionalKey(Schema.Number),
  /** Of what is not known to be charged yet: the most that it can cost. Absent without a published price. */
  maxChargedUsd: Schema.optionalKey(Schema.Number)
})
export type JobMoney = typeof JobMoney.Type

/** What is known of a task that cannot be read, where no ledger has it: it was requested, and may be charged. */
export const moneyOfUnread = (handle: string): JobMoney => ({
  handle,
  isSent: true,
  isEnded: false,
  charged: "maybe"
})

/** `yes, $0.42`; `maybe, at most $0.42`; `no`. */
export const moneyText = ({
  charged,
  chargedUsd,
  maxChargedUsd
}: Pick<JobMoney, "charged" | "chargedUsd" | "maxChargedUsd">): string => {
  if (charged === "no") return "no"
  if (charged === "maybe") return maxChargedUsd === undefined ? "maybe" : `maybe, at most ${usdText(maxChargedUsd)}`
  const open = maxChargedUsd === undefined ? "" : `, and at most ${usdText(maxChargedUsd)} more`
  return `yes${chargedUsd === undefined ? "" : `, ${usdText(chargedUsd)}`}${open}`
}
