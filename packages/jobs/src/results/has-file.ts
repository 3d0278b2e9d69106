import type { TaskOutput } from "@klingkit/core"

/** An element has none. */
export const hasFile = (output: TaskOutput): boolean => "url" in output && output.url !== undefined
