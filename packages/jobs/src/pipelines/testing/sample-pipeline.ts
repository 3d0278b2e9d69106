import { type CredentialKind, operations, planImage, planOperation, planVideo } from "@klingkit/core"
import { Effect } from "effect"
import { planLipSync } from "@klingkit/core/requests"
import { planPipeline, planStep, stepFromPlan } from "@klingkit/core/requests"
import { placeholderOf, ref, type StepReference } from "@klingkit/core/requests"

/** The operations of the sample's steps, in order; each of them is paid. */
export const sampleOperations = [
  "legacy.images.generations",
  "new.i2v.kling-3.0",
  "legacy.tts",
  "legacy.identify-face",
  "legacy.advanced-lip-sync",
  "legacy.video-to-audio"
]

/** An image, a video from it, a face that speaks, and sound effects: every kind of step and of reference. */
export const planSamplePipeline = Effect.fnUntraced(function* (credential: CredentialKind) {
  const image: StepReference = { output: "image", step: "still" }
  const still = yield* planImage({ prompt: "a lighthouse keeper" })
  const video = yield* planVideo({ prompt: "he looks up", image: String(placeholderOf(image)) }, credential)
  const speech = yield* planOperation(operations["legacy.tts"], {
    text: "Good morning, and welcome to the lighthouse",
    voiceId: "oversea_male1",
    voiceLanguage: "en"
  })
  const speaking = yield* planLipSync({ id: "speaking", video: { step: "video" }, videoSeconds: 5, speech })
  const sound = yield* planStep("sound", operations["legacy.video-to-audio"], {
    videoUrl: ref({ output: "video", step: "speaking" }),
    soundEffectPrompt: "waves"
  })
  return yield* planPipeline("sample", [
    stepFromPlan("still", still, []),
    stepFromPlan("video", video, [image]),
    ...speaking,
    sound
  ])
})
