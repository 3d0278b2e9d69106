import { expect, it } from "@effect/vitest"
import { planVideo } from "@klingkit/core"
import { Effect } from "effect"
import { stepKeys } from "./step-keys.ts"
import { planSamplePipeline } from "./testing/sample-pipeline.ts"

// The ledger finds steps again by these keys: if they changed, what was made before an upgrade would be paid a second time.
it.effect("the steps of a pipeline have the same keys in every version", () =>
  Effect.gen(function* () {
    const { steps } = yield* planSamplePipeline("api-key")
    expect(Array.from(yield* stepKeys(steps), ([id, key]) => `${id} ${key}`)).toMatchInlineSnapshot(`
      [
        "still 98efe4a2c857da0f42b2aab9275b2b07d51d4312fc9b81c350ad5be6db3ae954/1",
        "video 8612f848bcf74d24a7c3eb7ba94169fdaf44a4e4c405123716472653fb50e6de/1",
        "speaking-speech 7e9debd35cd36b459b853f0d9c9aa25bae6da9aabab59910993fa3aa176cfff2/1",
        "speaking-faces 21c1dd9bc4c9a9fbe992b8df2e374b0254503b45381d25febb980d6e9922cfd8/1",
        "speaking a6a28a13baf55f86ccabbf40dbd38edd179ccde7247a947dcef878fc24f532cb/1",
        "sound 11ff9e20d82615bb62c66d00bc6d580ca26b79219bc2d2f9fe8a22fa861287d5/1",
      ]
    `)
  })
)

it.effect("a step has one key however it is spelled, and another for another take or apart from others", () =>
  Effect.gen(function* () {
    const keyOf = (input: Parameters<typeof planVideo>[0], scope?: Parameters<typeof stepKeys>[1]) =>
      Effect.gen(function* () {
        const steps = [{ id: "any name", plan: yield* planVideo(input, "api-key") }]
        return (yield* stepKeys(steps, scope)).get("any name")
      })
    const key = yield* keyOf({ prompt: "a fox" })
    expect(yield* keyOf({ prompt: " a fox ", durationSeconds: 5, aspectRatio: "16:9" })).toBe(key)
    const others = yield* Effect.all([
      keyOf({ prompt: "a fox", durationSeconds: 10 }),
      keyOf({ prompt: "a fox" }, { take: 2 }),
      keyOf({ prompt: "a fox" }, { apart: "kk-chain-1" })
    ])
    expect(new Set([key, ...others]).size).toBe(4)
  })
)
