import { describe } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { resultStoreSuite } from "../testing/result-store-suite.ts"
import { resultsOnDisk } from "./result-store.ts"

describe("folders on this machine", () => {
  resultStoreSuite(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* Effect.orDie(fs.makeTempDirectoryScoped())
      return {
        results: resultsOnDisk,
        root,
        read: ({ path }) =>
          Effect.orElseSucceed(
            Effect.map(fs.readFile(path), (bytes) => Uint8Array.from(bytes)),
            () => undefined
          ),
        lose: ({ path }) => Effect.orDie(fs.remove(path))
      }
    })
  )
})
