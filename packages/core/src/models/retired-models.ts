import { plainName } from "./plain-name.ts"

/** Models that Kling switched off on 2026-09-15, with what took their place. Some names live on for the other medium. */
const retired = {
  video: {
    "kling-v1": "kling-2.5-turbo",
    "kling-v1-5": "kling-2.5-turbo",
    "kling-v1-6": "kling-2.5-turbo",
    "kling-v2-master": "kling-3.0",
    "kling-v2-1": "kling-2.6",
    "kling-v2-1-master": "kling-3.0"
  },
  image: {
    "kling-v1": "kling-v2-1",
    "kling-v1-5": "kling-v2-1",
    "kling-v2": "kling-v3",
    "kling-v2-new": "kling-v3"
  }
} as const satisfies Record<"video" | "image", Record<string, string>>

export const retiredModels: Readonly<Record<"video" | "image", Readonly<Record<string, string>>>> = retired

/** The live model to name instead, when `model` has been switched off; dots and hyphens in versions mean the same. */
export const successorOf = (medium: "video" | "image", model: string): string | undefined => {
  const names = retiredModels[medium]
  const plain = plainName(model)
  return Object.hasOwn(names, plain) ? names[plain] : undefined
}
