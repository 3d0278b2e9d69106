import { type CredentialKind, operations, planImage, planOperation, planVideo } from "@klingkit/core"
import { Effect } from "effect"
import { planChain, planStep, stepOfPlan } from "../chain-plan.ts"
import { planLipSync } from "../lip-sync.ts"
import { sampleOf, type Take, taken } from "../take.ts"

/** The operations of a film's steps, in order; each of them is paid. */
export const filmOperations = [
  "legacy.images.generations",
  "new.i2v.kling-3.0",
  "legacy.tts",
  "legacy.identify-face",
  "legacy.advanced-lip-sync",
  "legacy.video-to-audio"
]

/** A picture, a clip from it, a face that speaks, and sound: every kind of step and of take. */
export const planFilm = Effect.fnUntraced(function* (credential: CredentialKind) {
  const picture: Take = { take: "picture", from: "still" }
  const still = yield* planImage({ prompt: "a lighthouse keeper" })
  const clip = yield* planVideo({ prompt: "he looks up", image: String(sampleOf(picture)) }, credential)
  const speech = yield* planOperation(operations["legacy.tts"], {
    text: "Good morning, and welcome to the lighthouse",
    voiceId: "oversea_male1",
    voiceLanguage: "en"
  })
  const spoken = yield* planLipSync({ id: "spoken", clip: { madeBy: "clip" }, clipSeconds: 5, speech })
  const sound = yield* planStep("sound", operations["legacy.video-to-audio"], {
    videoUrl: taken({ take: "clip", from: "spoken" }),
    soundEffectPrompt: "waves"
  })
  return yield* planChain("film", [
    stepOfPlan("still", still, []),
    stepOfPlan("clip", clip, [picture]),
    ...spoken,
    sound
  ])
})
