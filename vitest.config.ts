import { readdirSync } from "node:fs"
import { defineConfig } from "vitest/config"
import { laneOf, leftOut, seeds } from "./tests/lanes.ts"

const rooms = ["packages", "apps"].flatMap((floor) => readdirSync(floor).map((room) => `${floor}/${room}`))
/** Rooms whose test files share their modules. */
const shared = ["packages/core", "packages/tools", "packages/mcp"]
const lane = laneOf(process.env["LANE"])

export default defineConfig({
  test: {
    // Vitest's own default leaves one core idle.
    maxWorkers: "100%",
    projects: [...rooms, "tests"].map((root) => ({
      extends: true as const,
      root,
      test: {
        name: root,
        include: ["**/*.test.ts"],
        // Tests against the real Kling cost money: they run only when asked for by file name.
        exclude: ["**/node_modules/**", "**/dist/**", "**/*.live.test.ts", ...leftOut(lane, root)],
        provide: { seeds: seeds[lane] },
        // A fresh world for each file costs more than most tests; only rooms that start processes or servers need one.
        isolate: !shared.includes(root),
        // Ends what is stuck: on a busy machine, starting a browser or a server takes its time. No test waits on the clock.
        testTimeout: 120_000,
        hookTimeout: 120_000,
        expect: { poll: { timeout: 100_000 } }
      }
    }))
  }
})
