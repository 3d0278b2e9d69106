import { invalidInput, type KlingError, untrustedText } from "@klingkit/core"
import { Context, Effect, FileSystem, Option, Path } from "effect"
import { expandHome, type JobsConfig } from "../config.ts"
import { jobError, type JobError } from "../job-error.ts"

/**
 * Folders that may be read beside the configured ones because whoever makes the call opens them, as the roots of an MCP
 * client do: paths or file URLs. They are asked for only when a file is named.
 */
export const CallerFolders = Context.Reference<Effect.Effect<ReadonlyArray<string>>>("@klingkit/jobs/CallerFolders", {
  defaultValue: () => Effect.succeed([])
})

export interface LocalFile {
  /** Symbolic links resolved; inside a folder that may be read. */
  readonly realPath: string
  readonly name: string
}

type Found = Effect.Effect<Option.Option<LocalFile>, KlingError | JobError, FileSystem.FileSystem | Path.Path>

/** The file that a path, a `~` path or a file URL names on this machine, if it is there and may be read. */
export const findLocalFile = Effect.fnUntraced(function* (field: string, value: string, config: JobsConfig) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folders = config.inputDirs === "anywhere" ? undefined : yield* readableFolders(config, config.inputDirs)
  const named = yield* placesOf(field, value, config.homeDir, folders)
  for (const place of named) {
    const real = yield* Effect.option(fs.realPath(place))
    if (Option.isNone(real)) continue
    if (folders === undefined || isInside(path, real.value, folders)) {
      return Option.some({ realPath: real.value, name: path.basename(place) })
    }
    return yield* outside(value, folders)
  }
  // Nobody is told by the error whether a file exists where nothing may be read.
  return folders === undefined || named.length === 0 || named.some((place) => isInside(path, place, folders))
    ? Option.none()
    : yield* outside(value, folders)
}) satisfies (field: string, value: string, config: JobsConfig) => Found

/** What was looked for, on which side, and what to do with a picture that is on another. */
export const notReadable = (field: string, value: string, config: JobsConfig): KlingError => {
  const here = config.inputDirs === "anywhere" ? "" : " on the machine where klingkit runs"
  const elsewhere = here === "" ? "" : "; what is elsewhere, as in a chat, goes by its https URL"
  return refuse(field, `${shown(value)} is neither a URL nor a readable file${here}${elsewhere}`)
}

/** Each folder as it is named and as it really is. */
const readableFolders = Effect.fnUntraced(function* (config: JobsConfig, inputDirs: ReadonlyArray<string>) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const ofCaller = yield* yield* CallerFolders
  const named = yield* Effect.forEach([config.outputDir, ...inputDirs, ...ofCaller], (folder) =>
    folder.startsWith("file:")
      ? Effect.option(
          Effect.flatMap(
            Effect.try(() => new URL(folder)),
            path.fromFileUrl
          )
        )
      : Effect.succeed(Option.some(folder))
  )
  const folders = named.flatMap(Option.toArray).filter((folder) => path.isAbsolute(folder))
  const real = yield* Effect.forEach(folders, (folder) => Effect.option(fs.realPath(folder)))
  return [...new Set([...folders, ...real.flatMap(Option.toArray)])]
})

/** Where a name may be meant to lie. A relative one is one of the folders', never of the place where a host happened to start us. */
const placesOf = Effect.fnUntraced(function* (
  field: string,
  value: string,
  homeDir: string,
  folders: ReadonlyArray<string> | undefined
): Effect.fn.Return<ReadonlyArray<string>, KlingError, Path.Path> {
  const path = yield* Path.Path
  const onWindows = path.sep === "\\"
  if (/^file:/i.test(value)) {
    const url = URL.canParse(value) ? new URL(value) : undefined
    if (url !== undefined && url.hostname !== "" && url.hostname !== "localhost")
      return yield* refuse(field, onOther(value))
    if (url !== undefined && !onWindows && /^\/[a-z]:\//i.test(url.pathname))
      return yield* refuse(field, ofWindows(value))
    const local = url === undefined ? Option.none() : yield* Effect.option(path.fromFileUrl(url))
    return Option.toArray(local)
  }
  if (value.startsWith("\\\\") || (onWindows && value.startsWith("//"))) return yield* refuse(field, onOther(value))
  if (!onWindows && /^[a-z]:[\\/]/i.test(value)) return yield* refuse(field, ofWindows(value))
  const expanded = expandHome(value, homeDir)
  return path.isAbsolute(expanded) || folders === undefined
    ? [path.resolve(expanded)]
    : folders.map((folder) => path.resolve(folder, expanded))
})

const isInside = (path: Path.Path, place: string, folders: ReadonlyArray<string>): boolean =>
  folders.some((folder) => {
    const relative = path.relative(folder, place)
    return relative === "" || (!/^\.\.(?:[\\/]|$)/.test(relative) && !path.isAbsolute(relative))
  })

const outside = (value: string, folders: ReadonlyArray<string>): JobError =>
  jobError({
    _tag: "FileRefused",
    path: value,
    detail: `is outside the folders that files may be read from on the machine where klingkit runs: ${folders.map(shown).join(", ")}`
  })

const onOther = (value: string): string =>
  `${shown(value)} lies on another machine; give a file of the machine where klingkit runs, or an https URL`

const ofWindows = (value: string): string =>
  `${shown(value)} is a Windows path, and klingkit runs on another system: give the path as that system knows it (in WSL /mnt/c/...), or an https URL`

const refuse = (field: string, message: string): KlingError => invalidInput([{ field, message }])

const shown = (value: string): string => untrustedText(value, 120)
