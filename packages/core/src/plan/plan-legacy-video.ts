import type { Effect } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import { operations } from "../operations/catalog.ts"
import { legacyOmniInput, legacyVideoField, legacyVideoInput } from "./legacy-video-input.ts"
import { finishPlan, type Plan } from "./plan.ts"
import type { VideoRequest } from "./video-request.ts"

/** Plans a video on a legacy path; `model` is the name there. */
export const planLegacyVideo = (
  model: string,
  request: VideoRequest,
  isOmni: boolean,
  reason: string,
  warnings: ReadonlyArray<string> = []
): Effect.Effect<Plan, KlingError> => {
  const simple = operations[request.image === undefined ? "legacy.text2video" : "legacy.image2video"]
  return finishPlan({
    operation: isOmni ? operations["legacy.omni-video"] : simple,
    model,
    reasons: [reason],
    warnings,
    nameOf: legacyVideoField(request),
    input: isOmni ? legacyOmniInput(model, request) : legacyVideoInput(model, request)
  })
}
