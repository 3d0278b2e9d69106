export {
  fingerprintKey,
  type PipelinePlan,
  type PipelineStep,
  planPipeline,
  planStep,
  restorePlan,
  serializeSteps,
  stepFromPlan,
  StoredStep,
  toPlan
} from "../pipelines/pipeline-plan.ts"
export { onlySteps, type StepSelection, stepsOf, withTakes } from "../pipelines/select-steps.ts"
export { type LipSyncRequest, planLipSync } from "../pipelines/lip-sync.ts"
export {
  dependsOn,
  placeholderOf,
  ref,
  replaceReferences,
  resolveReferences,
  type StepReference,
  type StepResult,
  UnresolvedReference
} from "../pipelines/step-reference.ts"
export { scenesWith } from "./effect-scene.ts"
export { cheaperSettings } from "./cheaper-settings.ts"
export { findRequest, requests } from "./catalog.ts"
export { fillFieldNames, isSameName, kebabName, renamed, snakeName } from "./field-names.ts"
export { type FieldView, viewOfField } from "./field-view.ts"
export type { Fields, FoundVideo, ImageSize, PlanContext } from "./plan-context.ts"
export { createPlanner, offlineContext, type PlanOutcomes, type RequestPlans } from "./planner.ts"
export { planRequest, problemsOfPlan } from "./plan-request.ts"
export { maxVariants, planVariants, type WantedVariants } from "./plan-variants.ts"
export { type NameOf, type Readable, type ReadOptions, type ReadRequest, readRequest } from "./read-request.ts"
export { idField } from "./id-field.ts"
export { choice } from "./listed-value.ts"
export { jsonObject } from "./object-field.ts"
export { innerType } from "./inner-type.ts"
export { madeMedia } from "./made-media.ts"
export { type LibraryEntry, libraryEntries } from "./library-pages.ts"
export { type RequestFacts, requestFacts, type RequestInput, requestText } from "./request-facts.ts"
export { changeRequest, mediaIn } from "./restore-request.ts"
export { requestOfFamily } from "./request-of-family.ts"
export { type OriginOf, storeOperation, storeRequest } from "./store-request.ts"
export { fieldName, type RequestMethods, requestMethods } from "./request-methods.ts"
export { type AnyRequest, isPipeline, makesJob, type Request, type RequestResult } from "./request.ts"
export { applyVideoEffect } from "./apply-video-effect.ts"
export { combineImages } from "./combine-images.ts"
export { controlMotion } from "./control-motion.ts"
export { createAvatarVideo } from "./create-avatar-video.ts"
export { createElement } from "./create-element.ts"
export { createLipsync } from "./create-lipsync.ts"
export { createSoundEffect } from "./create-sound-effect.ts"
export { createSoundtrack } from "./create-soundtrack.ts"
export { createSpeech, defaultVoice, planSpeech } from "./create-speech.ts"
export { createVoice } from "./create-voice.ts"
export { deleteElement } from "./delete-element.ts"
export { deleteVoice } from "./delete-voice.ts"
export { describeImage } from "./describe-image.ts"
export { editImage } from "./edit-image.ts"
export { editVideo } from "./edit-video.ts"
export { expandImage } from "./expand-image.ts"
export { extendVideo } from "./extend-video.ts"
export { generateImage } from "./generate-image.ts"
export { generateVideo } from "./generate-video.ts"
export { listElements } from "./list-elements.ts"
export { listVoices } from "./list-voices.ts"
export { virtualTryOn } from "./virtual-try-on.ts"
