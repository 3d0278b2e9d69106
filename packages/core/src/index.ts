export { type CredentialKind, type Credentials } from "./auth/credentials.ts"
export { type CodeReason, findKlingCode, type KlingCode, klingCodes, type RetryRule } from "./errors/codes.ts"
export { Charged, JobMoney } from "./errors/job-money.ts"
export { KlingError, type KlingErrorReason } from "./errors/kling-error.ts"
export { type CandidateTask, NextStep } from "./errors/next-step.ts"
export { Problem } from "./errors/problem.ts"
export { Setting } from "./errors/setting.ts"
export { familyOfHandle, type Handle, mintHandle } from "./handle.ts"
export { type MediaRule } from "./media/media-rules.ts"
export type { ImageModel } from "./models/image-model.ts"
export { findImageModel, imageModels } from "./models/image-models.ts"
export { retiredModels, replacementFor } from "./models/retired-models.ts"
export type { VideoModel } from "./models/video-model.ts"
export { findVideoModel, videoModels } from "./models/video-models.ts"
export {
  type AnyOperation,
  type Family,
  type FindableByExternalId,
  type Generation,
  isExperimental,
  type LengthSource,
  type Operation,
  type SynchronousOperation,
  type TaskOperation
} from "./operation.ts"
export {
  catalog,
  families,
  type FamilyName,
  findOperation,
  type OperationId,
  operations,
  type SynchronousOperationId,
  type TaskOperationId
} from "./operations/catalog.ts"
export { checkInput, type Rule } from "./params/check-input.ts"
export { inputJsonSchema, type JsonSchema } from "./params/json-schema.ts"
export type { InputOf, Param, Params } from "./params/param.ts"
export type { ValueType } from "./params/value-type.ts"
export { maxUsd, type Pack, Quote, sumOfQuotes } from "./prices/quote.ts"
export { changeText, CheaperSetting } from "./prices/cheaper-setting.ts"
export { type Receipt, receiptOf } from "./prices/receipt.ts"
export { Charge, isFinished, Task, TaskOutput, TaskStatus } from "./wire/task.ts"
export { CallbackError } from "./callbacks/callback-error.ts"
export { type CallbackEvent, readCallback } from "./callbacks/read-callback.ts"
export { type SignedCallback, type VerifiedCallback, verifyCallback } from "./callbacks/verify-callback.ts"
export { expectedSecondsOf, type FollowOptions } from "./client/follow-task.ts"
export { Kling, type Submitted, type SubmitOptions } from "./client/kling.ts"
export type { TaskFilter } from "./client/list-tasks.ts"
export {
  createKling,
  type InputOfId,
  klingFromOptions,
  type OutputOfId,
  type PromiseClient,
  type PromiseClientOptions
} from "./client/promise-client.ts"
export { type RetrySchedule, retrySchedule } from "./client/retry.ts"
export { type SubmitJournal } from "./client/submit.ts"
export { fetchHttpClient } from "./client/fetch-http-client.ts"
export { type KlingConfig, klingConfig, type KlingConfigOptions, regionUrls } from "./config.ts"
export { describeRequest, type Plan } from "./plan/plan.ts"
export { defaultImageModel, type ImageRequest, planImage } from "./plan/plan-image.ts"
export { MediaOrigin, StoredRequest } from "./plan/stored-request.ts"
export { planOperation } from "./plan/plan-operation.ts"
export { planVideo } from "./plan/plan-video.ts"
export { defaultVideoModel, type VideoRequest } from "./plan/video-request.ts"
export type { Shot } from "./operations/shot-syntax.ts"
