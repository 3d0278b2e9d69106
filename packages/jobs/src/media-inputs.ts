import type { KlingError, MediaRule } from "@klingkit/core"
import * as Media from "@klingkit/media"
import { Effect, type FileSystem, type Path } from "effect"
import { jobError, type JobError } from "./job-error.ts"

/**
 * Turns an image, video or audio input into what Kling accepts: a URL stays a URL, everything else becomes bare base64.
 * Images are validated later, with the rest of the input.
 */
export const readMediaInput = (
  field: string,
  expected: MediaRule | MediaRule["kind"],
  source: Media.MediaSource,
  config: Media.MediaConfig
): Effect.Effect<string, KlingError | JobError, Media.FileHost | FileSystem.FileSystem | Path.Path> =>
  Effect.catchTag(Media.readMediaInput(field, expected, source, config), "FileDenied", ({ path, detail }) =>
    jobError({ _tag: "FileDenied", path, detail })
  )
