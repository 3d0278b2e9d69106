import { Effect } from "effect"
import { sha256Hex } from "./ledger/fingerprint.ts"

/** A name that no other caller has, however long its own is and whether or not the disk tells small letters from capitals. */
export const callerFolder = (principal: string): Effect.Effect<string> =>
  Effect.map(sha256Hex(principal), (hash) => `caller-${hash}`)
