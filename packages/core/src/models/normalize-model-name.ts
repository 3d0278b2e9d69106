/** Normalizes a model name for comparison: users write `kling-v2.6`, Kling `kling-v2-6`. */
export const normalizeModelName = (name: string): string => name.toLowerCase().replaceAll(".", "-")
