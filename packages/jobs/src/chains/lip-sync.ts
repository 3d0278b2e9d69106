import { type KlingError, lipSyncOf, lipSyncRate, operations, type Plan } from "@klingkit/core"
import { Effect } from "effect"
import { type ChainStep, planStep } from "./chain-plan.ts"
import { type Take, taken } from "./take.ts"

/** A face of a clip that is to speak. */
export interface LipSyncWish {
  /** The name of the last step; those before it are named after it. */
  readonly id: string
  /** By URL, or a clip that an earlier step makes. */
  readonly clip: string | { readonly madeBy: string }
  /** As far as it is known before: it decides the price. */
  readonly clipSeconds?: number | undefined
  /** Text to be spoken first, or a sound as Kling takes it. */
  readonly speech: Plan | { readonly file: string; readonly seconds?: number }
}

/** Speech, faces, lip-sync: two or three paid steps. */
export const planLipSync = Effect.fnUntraced(function* ({
  id,
  clip,
  clipSeconds,
  speech
}: LipSyncWish): Effect.fn.Return<ReadonlyArray<ChainStep>, KlingError> {
  const spokenBy = `${id}-speech`
  const faces = `${id}-faces`
  const clipTake: Take | undefined = typeof clip === "string" ? undefined : { take: "clip", from: clip.madeBy }
  const found = yield* planStep(faces, operations["legacy.identify-face"], {
    videoUrl: clipTake === undefined ? clip : taken(clipTake)
  })
  const face: Take = {
    take: "speaking-face",
    from: faces,
    sound: "operation" in speech ? { spokenBy } : speech,
    clip: typeof clip === "string" ? (clipSeconds === undefined ? {} : { seconds: clipSeconds }) : clip
  }
  const spoken = yield* planStep(id, operations["legacy.advanced-lip-sync"], {
    sessionId: taken({ take: "session", from: faces }),
    faces: [taken(face)]
  })
  const quote = clipSeconds === undefined ? lipSyncRate : lipSyncOf(clipSeconds)
  return [
    ...("operation" in speech ? [{ id: spokenBy, plan: speech }] : []),
    found,
    { ...spoken, plan: { ...spoken.plan, quote } }
  ]
})
