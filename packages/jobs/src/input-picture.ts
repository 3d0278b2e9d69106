import type { JobsConfig } from "./config.ts"
import { readMediaInput } from "./inputs/media-input.ts"

/**
 * Turns what a person gives for a picture into what Kling takes: a URL stays a URL, a file (`path`, `~`, `file://`)
 * becomes bare base64, a `data:` prefix is taken off. Type, size and shape are checked later, against the operation.
 */
export const readPictureInput = (field: string, source: string, config: JobsConfig) =>
  readMediaInput(field, "image", source, config)
