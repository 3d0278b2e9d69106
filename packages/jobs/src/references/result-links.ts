import { isLocalUrl, resultDomains } from "@klingkit/core/internal"
import { Effect } from "effect"
import { LedgerSource } from "../ledger/ledger-source.ts"
import { nameOf, type Resolved } from "./resolve-reference.ts"
import { jobOfRecord } from "../job.ts"

/** Whether a URL is one of Kling's result hosts, or of an emulator's: no other is looked up in the ledger. */
export const isResultLink = (value: string, klingIsLocal: boolean): boolean => {
  if (!/^https?:/i.test(value) || !URL.canParse(value)) return false
  const { hostname } = new URL(value)
  return (
    resultDomains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`)) ||
    (klingIsLocal && isLocalUrl(value))
  )
}

/** The result of a job in the ledger that has this link now. An identity is no reason to fail: without a ledger there is none. */
export const resultOfLink = (
  link: string,
  principal: string
): Effect.Effect<Pick<Resolved, "name" | "id"> | undefined, never, LedgerSource> =>
  LedgerSource.use(({ open }) => open).pipe(
    Effect.flatMap((ledger) => ledger.list({ principal, result: link, limit: 1 })),
    Effect.map(({ jobs: [record] }) => {
      const position = record?.outputs.findIndex((output) => "url" in output && output.url === link) ?? -1
      const output = record?.outputs[position]
      if (record === undefined || output === undefined) return undefined
      return { name: nameOf(jobOfRecord(record), position), ...("id" in output ? { id: output.id } : {}) }
    }),
    Effect.orElseSucceed(() => undefined)
  )
