import { planIdentity } from "@klingkit/core/internal"
import { type PipelineStep, placeholderOf, replaceReferences, type StepReference } from "@klingkit/core/requests"
import { Effect } from "effect"
import { fingerprintOf } from "../ledger/fingerprint.ts"

/** What the keys of a pipeline's steps have in common. */
export interface KeyScope {
  /** The take of the whole, for steps that name none. */
  readonly take?: number
  /** Keeps these keys apart from all others. */
  readonly apart?: string
}

/**
 * The key of each step: what it gives, what it takes from other steps, its take, and which of several identical steps it
 * is. So an edit changes the keys of the step that was edited and of all that take from it, and of no other. The format is
 * stored: if it changed, what is made would be paid again.
 */
export const stepKeys = Effect.fnUntraced(function* (
  steps: ReadonlyArray<PipelineStep>,
  { take: takeOfAll = 1, apart }: KeyScope = {}
): Effect.fn.Return<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>()
  const occurrences = new Map<string, number>()
  for (const { id, plan, take = takeOfAll } of steps) {
    const { operation } = plan
    const input = replaceReferences(plan.input, (reference) => identifiedBy(reference, keys))
    const given = planIdentity({ ...plan, input: input as typeof plan.input })
    const digest = yield* fingerprintOf(operation.id, { given, take, apart })
    const occurrence = (occurrences.get(digest) ?? 0) + 1
    occurrences.set(digest, occurrence)
    keys.set(id, `${digest}/${occurrence}`)
  }
  return keys
})

/** A placeholder, valid wherever the value of the reference will be, that names the step by its key. */
const identifiedBy = (reference: StepReference, keys: ReadonlyMap<string, string>): unknown => {
  const keyOf = (step: string) => keys.get(step) ?? step
  const key = keyOf(reference.step)
  switch (reference.output) {
    case "image":
    case "video":
      return `${String(placeholderOf(reference))}?step=${key}`
    case "session":
      return key
    case "speaking-face": {
      const { audio, video } = reference
      return {
        ...(placeholderOf(reference) as object),
        faceId: key,
        speaks: "step" in audio ? keyOf(audio.step) : audio,
        in: "step" in video ? keyOf(video.step) : video
      }
    }
  }
}
