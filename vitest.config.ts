import { readdirSync } from "node:fs"
import { defineConfig } from "vitest/config"

const rooms = ["packages", "apps"].flatMap((floor) => readdirSync(floor).map((room) => `${floor}/${room}`))

export default defineConfig({
  test: {
    projects: [...rooms, "tests"].map((root) => ({
      extends: true as const,
      root,
      test: {
        name: root,
        include: ["**/*.test.ts"],
        // Tests against the real Kling cost money: they run only when asked for by file name.
        exclude: ["**/node_modules/**", "**/dist/**", "**/*.live.test.ts"],
        // Core's tests share pure modules only; a fresh world for each file takes six times as long as the tests.
        isolate: root !== "packages/core",
        // Room for starting processes on a busy two-core machine; a test never waits on the clock.
        testTimeout: 30_000,
        hookTimeout: 30_000
      }
    }))
  }
})
