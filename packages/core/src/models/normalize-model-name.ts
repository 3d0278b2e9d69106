/** Characters. What is longer is no name, and is not compared with any. */
export const longestModelName = 64

/** Normalizes a model name for comparison: users write `kling-v2.6`, Kling `kling-v2-6`. */
export const normalizeModelName = (name: string): string =>
  name
    .slice(0, longestModelName + 1)
    .toLowerCase()
    .replaceAll(".", "-")
