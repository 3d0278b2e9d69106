import { normalizeModelName } from "./normalize-model-name.ts"

/** Models that Kling retired on 2026-09-15, with their replacements. Some names are still live for the other medium. */
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

/** The live model to use instead, if `model` is retired; dots and hyphens in versions are equivalent. */
export const replacementFor = (medium: "video" | "image", model: string): string | undefined => {
  const replacements = retiredModels[medium]
  const name = normalizeModelName(model)
  return Object.hasOwn(replacements, name) ? replacements[name] : undefined
}
