import { bareBase64, invalidInput, type KlingError } from "@klingkit/core"
import { Effect, FileSystem, Option, Path } from "effect"
import { Base64 } from "effect/encoding"
import { expandHome, type JobsConfig } from "./config.ts"
import { jobError, type JobError } from "./job-error.ts"

/** No picture that Kling takes is larger; nothing above is read into memory. */
const maxPictureBytes = 50_000_000

/**
 * Turns what a person gives for a picture into what Kling takes: a URL stays a URL, a file (`path`, `~`, `file://`)
 * becomes bare base64, a `data:` prefix is taken off. Type, size and shape are checked later, against the operation.
 */
export const readPictureInput = Effect.fnUntraced(function* (
  field: string,
  source: string,
  config: JobsConfig
): Effect.fn.Return<string, KlingError | JobError, FileSystem.FileSystem | Path.Path> {
  const value = source.trim()
  if (/^https?:\/\//i.test(value)) return value
  if (/^data:/i.test(value)) return bareBase64(value)
  const path = yield* Path.Path
  const fs = yield* FileSystem.FileSystem
  const file = value.startsWith("file://")
    ? yield* path.fromFileUrl(new URL(value)).pipe(Effect.mapError(() => notReadable(field, value)))
    : path.resolve(expandHome(value, config.homeDir))
  const real = yield* Effect.option(fs.realPath(file))
  if (Option.isNone(real)) {
    // Base64 looks like a long word; a short one is far more likely a mistyped path.
    if (value.length > 400 && /^[A-Za-z0-9+/\s]+={0,2}$/.test(value)) return bareBase64(value)
    return yield* notReadable(field, value)
  }
  if (config.inputDirs !== "anywhere" && !(yield* isInside(real.value, [config.outputDir, ...config.inputDirs]))) {
    return yield* jobError({
      _tag: "FileRefused",
      path: value,
      detail: "is outside the folders that pictures may be read from"
    })
  }
  const info = yield* fs.stat(real.value).pipe(Effect.mapError(() => notReadable(field, value)))
  if (info.type !== "File") return yield* invalidInput([{ field, message: `${value} is not a file` }])
  if (Number(info.size) > maxPictureBytes) {
    return yield* invalidInput([
      { field, message: `has ${(Number(info.size) / 1_000_000).toFixed(1)} MB; at most 50 MB are allowed` }
    ])
  }
  const bytes = yield* fs.readFile(real.value).pipe(Effect.mapError(() => notReadable(field, value)))
  return Base64.encode(bytes)
})

/** True when a real path lies in one of the folders, symbolic links resolved on both sides. */
export const isInside = Effect.fnUntraced(function* (realPath: string, folders: ReadonlyArray<string>) {
  const path = yield* Path.Path
  const fs = yield* FileSystem.FileSystem
  for (const folder of folders) {
    const root = yield* Effect.option(fs.realPath(folder))
    if (Option.isNone(root)) continue
    const relative = path.relative(root.value, realPath)
    if (relative === "" || (!relative.startsWith("..") && !path.isAbsolute(relative))) return true
  }
  return false
})

const notReadable = (field: string, value: string) =>
  invalidInput([
    {
      field,
      message: `${value.length > 120 ? `${value.slice(0, 117)}...` : value} is neither a URL nor a readable file`
    }
  ])
