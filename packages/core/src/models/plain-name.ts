/** A model's name for comparing: people write `kling-v2.6`, Kling `kling-v2-6`. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(".", "-")
