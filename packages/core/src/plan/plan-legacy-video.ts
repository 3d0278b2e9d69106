import type { Effect } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import { operations } from "../operations/catalog.ts"
import { legacyOmniInput, legacyVideoField, legacyVideoInput } from "./legacy-video-input.ts"
import type { Problem } from "../errors/problem.ts"
import { missingReference } from "../operations/prompt-references.ts"
import { finishPlan, type Plan, refuse } from "./plan.ts"
import { filled, type VideoRequest } from "./video-request.ts"

/** Plans a video on a legacy path; `model` is the name there. */
export const planLegacyVideo = (
  model: string,
  request: VideoRequest,
  isOmni: boolean,
  reason: string,
  warnings: ReadonlyArray<string> = []
): Effect.Effect<Plan, KlingError> => {
  const simple = operations[request.image === undefined ? "legacy.text2video" : "legacy.image2video"]
  const operation = isOmni ? operations["legacy.omni-video"] : simple
  const problems = [...checkReferences(request)]
  if (problems.length > 0) return refuse(problems, operation)
  return finishPlan({
    operation,
    model,
    reasons: [reason],
    warnings,
    nameOf: legacyVideoField(request),
    input: isOmni ? legacyOmniInput(model, request) : legacyVideoInput(model, request)
  })
}

/** In the words of the request: on these paths a reference is a place in a list, which the request does not show. */
function* checkReferences(request: VideoRequest): Generator<Problem> {
  const given = {
    image: request.referenceImages?.length ?? 0,
    video: request.referenceVideo === undefined ? 0 : 1,
    element: request.elements?.length ?? 0,
    voice: request.voices?.length ?? 0
  }
  const texts = [
    { field: "prompt", text: request.prompt ?? "" },
    ...(request.shots ?? []).map(({ prompt }, index) => ({ field: `shots[${index}].prompt`, text: prompt }))
  ]
  for (const { field, text } of texts) {
    const message = missingReference(text, given)
    if (message !== undefined) yield { field, message }
  }
  if (filled(request.voices) !== undefined && request.audio !== "native") {
    yield { field: "audio", message: "must be native with {voices}; omit it" }
  }
}
