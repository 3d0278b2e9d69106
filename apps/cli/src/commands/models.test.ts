import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { klingkit } from "../testing/run-klingkit.ts"

const json = (...args: ReadonlyArray<string>) =>
  Effect.map(klingkit([...args, "--json"]), ({ stdout }) => JSON.parse(stdout))

describe("klingkit models", () => {
  it.live("lists both kinds with state and limits, retired models with their replacement", () =>
    Effect.gen(function* () {
      const models: ReadonlyArray<Record<string, unknown>> = yield* json("models", "list")
      const find = (kind: string, id: string) => models.find((model) => model["kind"] === kind && model["id"] === id)
      expect(find("video", "kling-3.0")).toMatchObject({ state: "live", seconds: { min: 3, max: 15 } })
      expect(find("image", "kling-v3")).toMatchObject({ state: "live", maxImages: 9 })
      expect(find("video", "kling-2.6")?.["typicalPrices"]).toEqual([
        { resolution: "720p", usd: 0.21 },
        { resolution: "1080p", usd: 0.35 },
        { resolution: "1080p", with: "audio", usd: 0.7 }
      ])
      expect(find("video", "kling-v2-1")).toMatchObject({ state: "retired", successor: "kling-2.6" })
      const { stdout } = yield* klingkit(["models", "list"])
      expect(stdout).toMatch(/^video\tkling-3.0\tlive\t720p 1080p 4k\t3-15\t/m)
      expect(stdout).toMatch(/^image\tkling-v3-omni\t.*\t1k \$0.028; 2k \$0.028; 4k \$0.056$/m)
    })
  )

  it.live("shows one by any of its names", () =>
    Effect.gen(function* () {
      expect(yield* json("models", "show", "kling-v2-6")).toMatchObject({ kind: "video", id: "kling-2.6" })
      expect(yield* json("models", "show", "kling-v3")).toMatchObject({ kind: "image", alsoTheNameOf: "kling-3.0" })
      expect(yield* json("models", "show", "kling-v2-1")).toMatchObject({ kind: "image", state: "live" })
      const { stdout } = yield* klingkit(["models", "show", "kling-2.6"])
      expect(stdout).toContain("seconds: values 5, 10")
      expect(stdout).toContain("5 s, or one image: 720p $0.21; 1080p $0.35, with audio $0.70")
    })
  )

  it.live("suggests the closest match for an unknown model", () =>
    Effect.gen(function* () {
      const { exitCode, stderr } = yield* klingkit(["models", "show", "kling-3"])
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining("did you mean kling-3.0?")])
    })
  )
})
