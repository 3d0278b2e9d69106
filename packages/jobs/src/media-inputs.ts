import type { AnyOperation, KlingError, MediaRule } from "@klingkit/core"
import * as Media from "@klingkit/media"
import { Effect, type FileSystem, type Path } from "effect"
import { jobError, type JobError } from "./job-error.ts"

type Fields = Readonly<Record<string, unknown>>
type Read<A> = Effect.Effect<A, KlingError | JobError, Media.FileHost | FileSystem.FileSystem | Path.Path>

/**
 * Turns an image, video or audio input into what Kling accepts: a URL stays a URL, everything else becomes bare base64.
 * Images are validated later, with the rest of the input.
 */
export const readMediaInput = (
  field: string,
  expected: MediaRule | MediaRule["kind"],
  source: Media.MediaSource,
  config: Media.MediaConfig
): Read<string> => asJobError(Media.readMediaInput(field, expected, source, config))

/** `readMediaInput` for all media in an operation's input, each checked against its own parameter. */
export const readOperationMedia = (operation: AnyOperation, input: Fields, config: Media.MediaConfig): Read<Fields> =>
  asJobError(Media.readOperationMedia(operation, input, config))

const asJobError = <A, R>(effect: Effect.Effect<A, KlingError | Media.FileDenied, R>) =>
  Effect.catchTag(effect, "FileDenied", ({ path, detail }) => jobError({ _tag: "FileDenied", path, detail }))
