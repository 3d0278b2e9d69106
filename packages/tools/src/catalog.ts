import type { Tool } from "./tool.ts"
import { applyVideoEffect } from "./tools/apply-video-effect.ts"
import { callKlingApi } from "./tools/call-kling-api.ts"
import { checkImageStatus } from "./tools/check-image-status.ts"
import { checkVideoStatus } from "./tools/check-video-status.ts"
import { controlMotion } from "./tools/control-motion.ts"
import { createAvatarVideo } from "./tools/create-avatar-video.ts"
import { createLipsync } from "./tools/create-lipsync.ts"
import { describeImage } from "./tools/describe-image.ts"
import { downloadTask } from "./tools/download-task.ts"
import { editImage } from "./tools/edit-image.ts"
import { editVideo } from "./tools/edit-video.ts"
import { extendVideo } from "./tools/extend-video.ts"
import { generateAudio } from "./tools/generate-audio.ts"
import { generateImageToVideo } from "./tools/generate-image-to-video.ts"
import { generateImage } from "./tools/generate-image.ts"
import { generateVideo } from "./tools/generate-video.ts"
import { getAccountBalance } from "./tools/get-account-balance.ts"
import { getResourcePackages } from "./tools/get-resource-packages.ts"
import { listModels } from "./tools/list-models.ts"
import { listTasks } from "./tools/list-tasks.ts"
import { manageElements } from "./tools/manage-elements.ts"
import { manageVoices } from "./tools/manage-voices.ts"
import { quoteCostOf } from "./tools/quote-cost.ts"
import { toolFinderOf } from "./tools/find-tool.ts"
import { repeatTaskOf } from "./tools/repeat-task.ts"
import { spend } from "./tools/spend.ts"
import { virtualTryOn } from "./tools/virtual-try-on.ts"
import { waitForTask } from "./tools/wait-for-task.ts"

const generating: ReadonlyArray<Tool> = [
  generateVideo,
  generateImageToVideo,
  checkVideoStatus,
  extendVideo,
  createLipsync,
  applyVideoEffect,
  generateImage,
  checkImageStatus,
  virtualTryOn,
  waitForTask,
  downloadTask,
  listTasks,
  listModels,
  getResourcePackages,
  getAccountBalance,
  spend
]

const editing: ReadonlyArray<Tool> = [
  controlMotion,
  createAvatarVideo,
  editImage,
  editVideo,
  generateAudio,
  manageElements,
  manageVoices
]

/** What must be selected by name. */
const optional: ReadonlyArray<Tool> = [describeImage, callKlingApi]

const repeatTask = repeatTaskOf([...generating, ...editing, ...optional])

const quoteCost = quoteCostOf([...generating, repeatTask, ...editing, ...optional].filter((tool) => tool.charged))

const others: ReadonlyArray<Tool> = [...generating, repeatTask, quoteCost, ...editing, ...optional]

const toolFinder = toolFinderOf(others)

/** Every tool, in listing order. */
export const tools: ReadonlyArray<Tool> = [...generating, repeatTask, quoteCost, toolFinder, ...editing, ...optional]

export const findTool = (name: string): Tool | undefined => tools.find((tool) => tool.name === name)
