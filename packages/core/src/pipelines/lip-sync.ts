import { Effect } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import { operations } from "../operations/catalog.ts"
import type { Plan } from "../plan/plan.ts"
import { lipSyncOf, lipSyncRate } from "../prices/call-prices.ts"
import { type PipelineStep, planStep } from "./pipeline-plan.ts"
import { ref, type StepReference } from "./step-reference.ts"

/** A face in a video that is to speak. */
export interface LipSyncRequest {
  /** The name of the last step; the steps before it are named after it. */
  readonly id: string
  /** A URL, or the video of an earlier step. */
  readonly video: string | { readonly step: string }
  /** Determines the price; the price is an estimate without it. */
  readonly videoSeconds?: number | undefined
  /** Text to convert to speech first, or audio as Kling takes it. */
  readonly speech: Plan | { readonly file: string; readonly seconds?: number }
}

/** Text to speech, face detection, lip-sync: two or three paid steps. */
export const planLipSync = Effect.fnUntraced(function* ({
  id,
  video,
  videoSeconds,
  speech
}: LipSyncRequest): Effect.fn.Return<ReadonlyArray<PipelineStep>, KlingError> {
  const speechStep = `${id}-speech`
  const facesStep = `${id}-faces`
  const faces = yield* planStep(facesStep, operations["legacy.identify-face"], {
    videoUrl: typeof video === "string" ? video : ref({ output: "video", step: video.step })
  })
  const face: StepReference = {
    output: "speaking-face",
    step: facesStep,
    audio: "operation" in speech ? { step: speechStep } : speech,
    video: typeof video === "string" ? (videoSeconds === undefined ? {} : { seconds: videoSeconds }) : video
  }
  const lipSync = yield* planStep(id, operations["legacy.advanced-lip-sync"], {
    sessionId: ref({ output: "session", step: facesStep }),
    faces: [ref(face)]
  })
  const quote = videoSeconds === undefined ? lipSyncRate : lipSyncOf(videoSeconds)
  return [
    ...("operation" in speech ? [{ id: speechStep, plan: speech }] : []),
    faces,
    { ...lipSync, plan: { ...lipSync.plan, quote } }
  ]
})
