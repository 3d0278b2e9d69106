import { freeBytes as freeBytesIn } from "@klingkit/media/node"
import { Effect } from "effect"
import { statSync } from "node:fs"
import { dirname, resolve } from "node:path"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { spareBytes } from "../ledger/database.ts"
import { type Finding, inspectLedger, type LedgerReport, reportOf } from "../ledger/ledger-report.ts"
import { attemptFile, idFileOf, readId } from "./ledger-file.ts"
import { openStored } from "./stored-file.ts"

/** What a ledger file holds and what is wrong with it; changes nothing, and opens what programs refuse. */
export const checkFile = Effect.fn("Ledger.check")(function* (path: string): Effect.fn.Return<LedgerReport> {
  const location = resolve(path)
  const freeBytes = yield* freeBytesIn(dirname(location))
  const isLow = freeBytes !== undefined && freeBytes < spareBytes
  const facts = {
    location,
    idFile: idFileOf(location),
    ...(freeBytes === undefined ? {} : { freeBytes }),
    findings: isLow ? [{ _tag: "LowSpace", freeBytes } satisfies Finding] : []
  }
  return yield* inspectFile(location, facts).pipe(
    Effect.catch((error) => Effect.succeed(reportOf(facts, { findings: [{ _tag: "NotOpened", error }] })))
  )
})

const inspectFile = (
  location: string,
  facts: Parameters<typeof reportOf>[0]
): Effect.Effect<LedgerReport, LedgerError> =>
  Effect.gen(function* () {
    const { size, expected } = yield* attemptFile(location, () => ({
      size: statSync(location, { throwIfNoEntry: false })?.size,
      expected: readId(location)
    }))
    const id = expected === undefined ? {} : { id: expected }
    if (size === undefined) return reportOf(facts, { findings: [{ _tag: "Missing", ...id }] })
    const withSize = { ...facts, bytes: size }
    if (size === 0) return reportOf(withSize, { findings: [{ _tag: "Empty", ...id }] })
    const ledger = yield* openStored(location)
    if (ledger === undefined) return reportOf(withSize, { findings: [{ _tag: "NotALedger" }] })
    const found = ledger.id
    const findings: ReadonlyArray<Finding> =
      expected === undefined
        ? [{ _tag: "NoIdFile" }]
        : found !== undefined && found !== expected
          ? [{ _tag: "OtherLedger", expected, found }]
          : []
    return yield* inspectLedger(ledger, { ...withSize, findings: [...facts.findings, ...findings] })
  }).pipe(Effect.scoped)
