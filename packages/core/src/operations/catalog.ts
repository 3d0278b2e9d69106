import type { AnyOperation } from "../operation.ts"
import * as account from "./account.ts"
import * as aiMultiShot from "./ai-multi-shot.ts"
import * as avatar from "./avatar.ts"
import * as billing from "./billing.ts"
import * as effects from "./effects.ts"
import * as elements from "./elements.ts"
import * as imageExpand from "./image-expand.ts"
import * as imageGeneration from "./image-generation.ts"
import * as imageRecognize from "./image-recognize.ts"
import * as imageToVideo from "./image-to-video.ts"
import * as kling4Flash from "./kling-4-flash.ts"
import * as kling4 from "./kling-4.ts"
import * as klingImage4 from "./kling-image-4.ts"
import * as klingLongImage4 from "./kling-long-image-4.ts"
import * as lipSync from "./lip-sync.ts"
import * as motionControl from "./motion-control.ts"
import * as multiElements from "./multi-elements.ts"
import * as multiImageToImage from "./multi-image-to-image.ts"
import * as multiImageToVideo from "./multi-image-to-video.ts"
import * as omniImage from "./omni-image.ts"
import * as omniVideo from "./omni-video.ts"
import * as solutions from "./solutions.ts"
import * as tasks from "./tasks.ts"
import * as textToAudio from "./text-to-audio.ts"
import * as textToSpeech from "./text-to-speech.ts"
import * as textToVideo from "./text-to-video.ts"
import * as videoExtend from "./video-extend.ts"
import * as videoToAudio from "./video-to-audio.ts"
import * as virtualTryOn from "./virtual-try-on.ts"
import * as voices from "./voices.ts"

/** One line per family, in the order of the docs. The key is the name of its file, test and reference page. */
export const families = {
  "text-to-video": textToVideo,
  "image-to-video": imageToVideo,
  "omni-video": omniVideo,
  "motion-control": motionControl,
  "multi-image-to-video": multiImageToVideo,
  "video-extend": videoExtend,
  "lip-sync": lipSync,
  avatar,
  effects,
  "multi-elements": multiElements,
  "image-recognize": imageRecognize,
  "text-to-speech": textToSpeech,
  "text-to-audio": textToAudio,
  "video-to-audio": videoToAudio,
  "image-generation": imageGeneration,
  "omni-image": omniImage,
  "multi-image-to-image": multiImageToImage,
  "image-expand": imageExpand,
  "ai-multi-shot": aiMultiShot,
  "virtual-try-on": virtualTryOn,
  elements,
  voices,
  solutions,
  "kling-4": kling4,
  "kling-4-flash": kling4Flash,
  "kling-image-4": klingImage4,
  "kling-long-image-4": klingLongImage4,
  tasks,
  account,
  billing
} as const

export type FamilyName = keyof typeof families

type Listed = { [Name in FamilyName]: (typeof families)[Name][keyof (typeof families)[Name]] }[FamilyName]

/**
 * Every operation of Kling, by id.
 *
 * @example
 * ```ts
 * import { type InputOfId, operations } from "@klingkit/core"
 *
 * const operation = operations["new.t2v.kling-3.0"]
 * const input: InputOfId<"new.t2v.kling-3.0"> = { prompt: "a red fox", resolution: "1080p" }
 * console.log(operation.summary, operation.price(input).priceUsd)
 * ```
 */
export const operations = Object.fromEntries(
  Object.values(families).flatMap((family) => Object.values(family).map((operation) => [operation.id, operation]))
) as { readonly [One in Listed as One["id"]]: One }

export type OperationId = keyof typeof operations

/** Of what makes a task: `submit` takes these. */
export type TaskOperationId = Extract<Listed, { readonly kind: "create" }>["id"]
/** Of what answers at once: `call` takes these. */
export type SynchronousOperationId = Exclude<OperationId, TaskOperationId>

export const catalog: ReadonlyArray<AnyOperation> = Object.values(operations)

/**
 * The operation of an id that is known at run time only.
 *
 * @example
 * ```ts
 * import { findOperation, planOperation } from "@klingkit/core"
 * import { Effect } from "effect"
 *
 * const plan = Effect.fnUntraced(function* (id: string, input: unknown) {
 *   return yield* planOperation(yield* Effect.fromNullishOr(findOperation(id)), input)
 * })
 * ```
 */
export const findOperation = (id: string): AnyOperation | undefined => catalog.find((operation) => operation.id === id)
