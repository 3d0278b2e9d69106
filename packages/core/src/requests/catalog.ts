import { applyVideoEffect } from "./apply-video-effect.ts"
import { combineImages } from "./combine-images.ts"
import { controlMotion } from "./control-motion.ts"
import { createAvatarVideo } from "./create-avatar-video.ts"
import { createElement } from "./create-element.ts"
import { createLipsync } from "./create-lipsync.ts"
import { createSoundEffect } from "./create-sound-effect.ts"
import { createSoundtrack } from "./create-soundtrack.ts"
import { createSpeech } from "./create-speech.ts"
import { createVoice } from "./create-voice.ts"
import { deleteElement } from "./delete-element.ts"
import { deleteVoice } from "./delete-voice.ts"
import { describeImage } from "./describe-image.ts"
import { editImage } from "./edit-image.ts"
import { editVideo } from "./edit-video.ts"
import { expandImage } from "./expand-image.ts"
import { extendVideo } from "./extend-video.ts"
import { generateImage } from "./generate-image.ts"
import { generateVideo } from "./generate-video.ts"
import { listElements } from "./list-elements.ts"
import { listVoices } from "./list-voices.ts"
import type { AnyRequest } from "./request.ts"
import { virtualTryOn } from "./virtual-try-on.ts"

/** Everything that can be asked for, in the order in which it is listed. */
export const requests = [
  generateVideo,
  extendVideo,
  editVideo,
  createLipsync,
  applyVideoEffect,
  createAvatarVideo,
  controlMotion,
  generateImage,
  editImage,
  expandImage,
  combineImages,
  virtualTryOn,
  describeImage,
  createSpeech,
  createSoundEffect,
  createSoundtrack,
  createElement,
  listElements,
  deleteElement,
  createVoice,
  listVoices,
  deleteVoice
] as const

export const findRequest = (id: string): AnyRequest | undefined => requests.find((request) => request.id === id)
