import type { AnyOperation } from "../operation.ts"
import { accountCosts } from "./account.ts"
import { imageGeneration } from "./image-generation.ts"
import {
  imageToVideo25Turbo,
  imageToVideo26,
  imageToVideo30,
  imageToVideo30Turbo,
  legacyImageToVideo
} from "./image-to-video.ts"
import { getTasks, listTasks } from "./tasks.ts"
import {
  legacyTextToVideo,
  textToVideo25Turbo,
  textToVideo26,
  textToVideo30,
  textToVideo30Turbo
} from "./text-to-video.ts"

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
  legacyTextToVideo,
  legacyImageToVideo,
  imageGeneration,
  getTasks,
  listTasks,
  accountCosts
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
