import type { JobsConfig } from "./config.ts"
import { readMediaInput } from "./inputs/media-input.ts"

/**
 * Turns an image input into what Kling accepts: a URL stays a URL, a file (`path`, `~`, `file://`) becomes bare base64,
 * and a `data:` prefix is removed. Format, size and aspect ratio are checked later, against the operation.
 */
export const readImageInput = (field: string, source: string, config: JobsConfig) =>
  readMediaInput(field, "image", source, config)
