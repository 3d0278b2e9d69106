import type { AnyOperation } from "../operation.ts"
import { accountCosts } from "./account.ts"
import { aiMultiShot } from "./ai-multi-shot.ts"
import { avatar } from "./avatar.ts"
import { balanceBilling, packageBilling } from "./billing.ts"
import { effects } from "./effects.ts"
import {
  createElement,
  createOldElement,
  deleteElement,
  deleteOldElement,
  listOldElements,
  presetElements,
  presetOldElements
} from "./elements.ts"
import { imageExpand } from "./image-expand.ts"
import { imageGeneration } from "./image-generation.ts"
import { imageRecognize } from "./image-recognize.ts"
import {
  imageToVideo25Turbo,
  imageToVideo26,
  imageToVideo30,
  imageToVideo30Turbo,
  legacyImageToVideo
} from "./image-to-video.ts"
import { image40, imageToVideo40, imageToVideo40Flash, omniVideo40, textToVideo40 } from "./kling-4.ts"
import { advancedLipSync, identifyFace, oldLipSync } from "./lip-sync.ts"
import { legacyMotionControl, motionControl26, motionControl30 } from "./motion-control.ts"
import {
  addSelection,
  clearSelection,
  deleteSelection,
  initSelection,
  multiElements,
  previewSelection
} from "./multi-elements.ts"
import { multiImageToImage } from "./multi-image-to-image.ts"
import { multiImageToVideo } from "./multi-image-to-video.ts"
import { omniImage } from "./omni-image.ts"
import { legacyOmniVideo, omniVideo30, omniVideoO1 } from "./omni-video.ts"
import {
  clothingDupe,
  dramaSubtitle,
  getSolutions,
  goodsStudio,
  listSolutions,
  talkingAgent,
  virtualTryOn
} from "./solutions.ts"
import { getTasks, listTasks } from "./tasks.ts"
import { textToAudio } from "./text-to-audio.ts"
import { textToSpeech } from "./text-to-speech.ts"
import {
  legacyTextToVideo,
  textToVideo25Turbo,
  textToVideo26,
  textToVideo30,
  textToVideo30Turbo
} from "./text-to-video.ts"
import { videoExtend } from "./video-extend.ts"
import { videoToAudio } from "./video-to-audio.ts"
import { legacyVirtualTryOn } from "./virtual-try-on.ts"
import { createVoice, deleteVoice, presetVoices } from "./voices.ts"

/** Every operation of Kling, by id. The order is the order of the reference pages. */
export const operations = byId(
  textToVideo30Turbo,
  textToVideo30,
  textToVideo26,
  textToVideo25Turbo,
  imageToVideo30Turbo,
  imageToVideo30,
  imageToVideo26,
  imageToVideo25Turbo,
  omniVideo30,
  omniVideoO1,
  motionControl30,
  motionControl26,
  legacyTextToVideo,
  legacyImageToVideo,
  multiImageToVideo,
  legacyOmniVideo,
  legacyMotionControl,
  videoExtend,
  identifyFace,
  advancedLipSync,
  oldLipSync,
  avatar,
  effects,
  initSelection,
  addSelection,
  deleteSelection,
  clearSelection,
  previewSelection,
  multiElements,
  imageRecognize,
  textToSpeech,
  textToAudio,
  videoToAudio,
  imageGeneration,
  omniImage,
  multiImageToImage,
  imageExpand,
  aiMultiShot,
  legacyVirtualTryOn,
  createElement,
  presetElements,
  deleteElement,
  createOldElement,
  presetOldElements,
  listOldElements,
  deleteOldElement,
  createVoice,
  presetVoices,
  deleteVoice,
  virtualTryOn,
  clothingDupe,
  goodsStudio,
  talkingAgent,
  dramaSubtitle,
  getSolutions,
  listSolutions,
  textToVideo40,
  imageToVideo40,
  omniVideo40,
  imageToVideo40Flash,
  image40,
  getTasks,
  listTasks,
  accountCosts,
  packageBilling,
  balanceBilling
)

export type OperationId = keyof typeof operations

export const catalog: ReadonlyArray<AnyOperation> = Object.values(operations)

export const findOperation = (id: string): AnyOperation | undefined => catalog.find((one) => one.id === id)

type ById<Listed extends ReadonlyArray<{ readonly id: string }>> = {
  readonly [One in Listed[number] as One["id"]]: One
}

function byId<const Listed extends ReadonlyArray<{ readonly id: string }>>(...listed: Listed): ById<Listed> {
  return Object.fromEntries(listed.map((one) => [one.id, one])) as ById<Listed>
}
