import type { LedgerError } from "@klingkit/jobs"
import { configuredLocation, type LedgerLocation } from "@klingkit/jobs/maintenance"
import { Effect, Option } from "effect"
import { Flag } from "effect/cli"

export const fileFlag = Flag.String("file").pipe(
  Flag.withMetavar("path"),
  Flag.withDescription("another ledger file, such as a backup; default: the ledger that the settings select"),
  Flag.optional
)

export const locationOf = (file: Option.Option<string>): Effect.Effect<LedgerLocation, LedgerError> =>
  Option.isSome(file) ? Effect.succeed({ file: file.value }) : configuredLocation
