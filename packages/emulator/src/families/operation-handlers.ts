import type { OperationHandler } from "../routes/operation-handler.ts"
import { listTasks, readTasksByIds } from "../routes/read-tasks.ts"
import { accountCosts, balanceBilling, packageBilling } from "./account.ts"
import { createOldElement, deleteElement, listOldElements, presetElements, presetOldElements } from "./elements.ts"
import { identifyFace, recognizeImage } from "./faces.ts"
import { addSelection, clearSelection, deleteSelection, initSelection, previewSelection } from "./selection.ts"
import { textToSpeech } from "./speech.ts"
import { deleteVoice, presetVoices } from "./voices.ts"

/** Operations with behaviour of their own. Every other create makes a task without further code. */
export const operationHandlers: Readonly<Record<string, OperationHandler>> = {
  "new.tasks.get": readTasksByIds,
  "new.tasks.list": listTasks,
  "solutions.get": readTasksByIds,
  "solutions.list": listTasks,
  "account.costs": accountCosts,
  "account.billing.package": packageBilling,
  "account.billing.balance": balanceBilling,
  "legacy.tts": textToSpeech,
  "legacy.identify-face": identifyFace,
  "legacy.image-recognize": recognizeImage,
  "legacy.multi-elements.init-selection": initSelection,
  "legacy.multi-elements.add-selection": addSelection,
  "legacy.multi-elements.delete-selection": deleteSelection,
  "legacy.multi-elements.clear-selection": clearSelection,
  "legacy.multi-elements.preview-selection": previewSelection,
  "legacy.elements.presets": presetElements,
  "legacy.elements.delete": deleteElement,
  "legacy.elements-old.create": createOldElement,
  "legacy.elements-old.presets": presetOldElements,
  "legacy.elements-old.list": listOldElements,
  "legacy.elements-old.delete": deleteElement,
  "legacy.voices.presets": presetVoices,
  "legacy.voices.delete": deleteVoice
}
