import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import { hasEnded, processName } from "./process-name.ts"

describe("whether a process has ended", () => {
  it.effect("is known of processes since the start of this machine, and only of those", () =>
    Effect.gen(function* () {
      const own = yield* processName
      const [machine, id, startedAt] = own.split("/")
      expect(yield* hasEnded(own)).toBe(false)
      // The same id, given to a later process.
      expect(yield* hasEnded(`${machine}/${id}/${Number(startedAt) - 1}`)).toBe(true)
      const { pid } = spawnSync("true")
      expect(yield* hasEnded(`${machine}/${pid}/${startedAt}`)).toBe(true)
      expect(yield* hasEnded(`another machine/${pid}/${startedAt}`)).toBe(false)
      expect(yield* hasEnded("")).toBe(false)
    })
  )
})
