import { operations, planVideo } from "@klingkit/core"
import { planPipeline, planStep, ref } from "@klingkit/core/requests"
import { Effect } from "effect"

interface Prompts {
  readonly one?: string
  readonly two?: string
  readonly three?: string
  readonly elsewhere?: string
}

/** Three shots, each continuing the one before, and one beside them. All cost the same. */
export const planStoryboard = Effect.fnUntraced(function* (prompts: Prompts = {}, name = "a walk") {
  const { one = "a fox", two = "it crosses a brook", three = "it looks up", elsewhere = "a village" } = prompts
  const first = yield* planVideo({ prompt: one }, "api-key")
  const beside = yield* planVideo({ prompt: elsewhere }, "api-key")
  const next = (id: string, prompt: string, step: string) =>
    planStep(id, operations["new.omni.kling-3.0-omni"], {
      prompt,
      featureVideo: { video: ref({ output: "video", step }) }
    })
  return yield* planPipeline(name, [
    { id: "one", plan: first },
    yield* next("two", two, "one"),
    yield* next("three", three, "two"),
    { id: "elsewhere", plan: beside, parallel: true }
  ])
})
