import { MediaStore, type ResultStore, resultsInStore, resultsOnDisk } from "@klingkit/media/internal"
import { Effect } from "effect"
import { sha256Hex } from "./ledger/fingerprint.ts"

/** A name that no other caller has, however long its own is and whether or not the disk tells small letters from capitals. */
export const callerFolder = (principal: string): Effect.Effect<string> =>
  Effect.map(sha256Hex(principal), (hash) => `caller-${hash}`)

/** Where the results of a caller are kept: in the media store, where there is one. */
export const resultStoreOf = (principal: string): Effect.Effect<ResultStore> =>
  Effect.flatMap(MediaStore, (store) =>
    store === undefined
      ? Effect.succeed(resultsOnDisk)
      : Effect.map(callerFolder(principal), (folder) => resultsInStore(store, folder))
  )
