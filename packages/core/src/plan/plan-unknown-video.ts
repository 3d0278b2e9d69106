import type { Effect } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import type { KlingError } from "../errors/kling-error.ts"
import { nearestModel } from "../models/model-meant.ts"
import type { ModelTable } from "../models/model-table.ts"
import type { AnyOperation } from "../operation.ts"
import { operations } from "../operations/catalog.ts"
import { unknownPrice } from "../prices/quote.ts"
import { checkShots } from "./check-shots.ts"
import { checkAnyVideoRequest, checkFieldsExist } from "./check-video-request.ts"
import { newVideoField, newVideoInput } from "./new-video-input.ts"
import { planLegacyVideo } from "./plan-legacy-video.ts"
import { finishPlan, type Plan, refuse } from "./plan.ts"
import { unusableModelName } from "./unusable-model-name.ts"
import { needsOmni, type VideoRequest, withImplied } from "./video-request.ts"

/** Unknown names are passed through with a warning: Kling adds models without notice. */
export const planUnknownVideo = (
  table: ModelTable,
  name: string,
  given: VideoRequest,
  credential: CredentialKind
): Effect.Effect<Plan, KlingError> => {
  const all = table.videoModels.map(({ id }) => id)
  const unusable = unusableModelName(name, all)
  if (unusable !== undefined) return refuse([unusable])
  if (table.findImageModel(name) !== undefined) {
    const ids = table.videoModels.filter((model) => model.state === "live").map((model) => model.id)
    return refuse([{ field: "model", message: `${name} is an image model; choose ${ids.join(", ")}` }])
  }
  const problems = [...checkShots(given, table), ...checkAnyVideoRequest(given)]
  if (problems.length > 0) return refuse(problems)
  const request = withImplied(given)
  const known = nearestModel(all, name)
  const hint = known === undefined ? "" : ` (did you mean ${known}?)`
  const warning = `${name} is not in klingkit's model table: sent unchanged, with limits and price unchecked${hint}`
  const isOmni = needsOmni(request)
  if (credential === "key-pair" || /^kling-v\d/.test(name) || request.negativePrompt !== undefined) {
    if (request.dynamicRange !== undefined) {
      return refuse([{ field: "dynamicRange", message: "is not available on the legacy paths; omit it" }])
    }
    const reason = "legacy API: the name, the credential or the request requires it"
    return planLegacyVideo(name, request, isOmni, reason, [warning])
  }
  const operation = unknownOperation(name, request, isOmni)
  return finishPlan({
    operation,
    model: name,
    reasons: ["new API: new models appear there"],
    warnings: [warning],
    nameOf: newVideoField(request),
    problems: [...checkFieldsExist(operation, name, undefined, request, table)],
    input: newVideoInput(operation, request)
  })
}

/** The operation of a similar model under another name, without a price. */
const unknownOperation = (name: string, request: VideoRequest, isOmni: boolean): AnyOperation => {
  const similar: AnyOperation = isOmni
    ? operations["new.omni.kling-3.0-omni"]
    : operations[request.image === undefined ? "new.t2v.kling-3.0" : "new.i2v.kling-3.0"]
  return {
    ...similar,
    id: similar.id.replace(/[^.]+\.[^.]+$/, name),
    path: similar.path.replace(/[^/]+$/, name),
    models: [name],
    facts: [],
    confidence: "low",
    price: () => unknownPrice(`no listed price for ${name}`)
  }
}
