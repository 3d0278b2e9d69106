import type { KlingError } from "@klingkit/core"
import { invalidInput, sanitizeText } from "@klingkit/core/internal"
import { Context, Effect, FileSystem, Option, Path, type Scope } from "effect"
import { FileHost, type OpenFile } from "../files/file-host.ts"
import { FileDenied } from "./file-denied.ts"

/** Where files may be read. Absolute paths; results, which are saved in `outputDir`, may be read again. */
export interface MediaFolders {
  /** Replaces `~`. */
  readonly homeDir: string
  readonly outputDir: string
  /** Additional folders to read from; `anywhere` when the user names the file at a shell. */
  readonly inputDirs: ReadonlyArray<string> | "anywhere"
}

/**
 * Folders that the caller allows to be read besides the configured ones, such as the roots of an MCP client: paths or
 * file URLs. Requested only when an input is a file.
 */
export const CallerFolders = Context.Reference<Effect.Effect<ReadonlyArray<string>>>("@klingkit/media/CallerFolders", {
  defaultValue: () => Effect.succeed([])
})

/** Hears of each file that an input names: the value as given, and where the file lies. */
export const FoundFile = Context.Reference<(value: string, realPath: string) => Effect.Effect<void>>(
  "@klingkit/media/FoundFile",
  { defaultValue: () => () => Effect.void }
)

export interface LocalFile {
  /** Symbolic links resolved; inside a readable folder. */
  readonly realPath: string
  readonly name: string
  /** The readable folders; undefined if every file may be read. */
  readonly folders: ReadonlyArray<string> | undefined
}

type Found = Effect.Effect<Option.Option<LocalFile>, KlingError | FileDenied, FileSystem.FileSystem | Path.Path>

/** The local file of a path, a `~` path or a file URL, if it exists and may be read. */
export const findLocalFile = Effect.fnUntraced(function* (field: string, value: string, config: MediaFolders) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folders = config.inputDirs === "anywhere" ? undefined : yield* readableFolders(config, config.inputDirs)
  const candidates = yield* candidatePaths(field, value, config.homeDir, folders)
  for (const candidate of candidates) {
    const real = yield* Effect.option(fs.realPath(candidate))
    if (Option.isNone(real)) continue
    if (folders === undefined || isInside(path, real.value, folders)) {
      yield* (yield* FoundFile)(value, real.value)
      return Option.some({ realPath: real.value, name: path.basename(candidate), folders })
    }
    return yield* outside(value, folders)
  }
  // The error must not reveal whether a file exists outside the readable folders.
  return folders === undefined ||
    candidates.length === 0 ||
    candidates.some((candidate) => isInside(path, candidate, folders))
    ? Option.none()
    : yield* outside(value, folders)
}) satisfies (field: string, value: string, config: MediaFolders) => Found

/**
 * Opens a file that was found, and judges where the open file is: a folder on its path may have been replaced since. Fails with
 * nothing if it cannot be read any more.
 */
export const openLocalFile = Effect.fnUntraced(function* (
  value: string,
  { realPath, folders }: LocalFile
): Effect.fn.Return<Option.Option<OpenFile>, FileDenied, FileHost | Path.Path | Scope.Scope> {
  const host = yield* FileHost
  const path = yield* Path.Path
  const opened = yield* Effect.option(host.openFile(realPath))
  if (Option.isNone(opened) || folders === undefined) return opened
  if (isInside(path, opened.value.realPath, folders)) return opened
  // The system may spell an open folder in another way than its path: upper and lower case, for one.
  const located = yield* Effect.forEach(folders, (folder) => Effect.option(host.locateFolder(folder)))
  return isInside(path, opened.value.realPath, located.flatMap(Option.toArray))
    ? opened
    : yield* outside(value, folders)
})

/** The error for an unreadable path: which machine was searched, and what to do for a file on another. */
export const notReadable = (field: string, value: string, config: MediaFolders): KlingError => {
  const where = config.inputDirs === "anywhere" ? "" : " on the machine that runs klingkit"
  const hint = where === "" ? "" : "; for a file elsewhere, such as in a chat, give its https URL"
  return refuse(field, `${shown(value)} is neither a URL nor a readable file${where}${hint}`)
}

/** Each readable folder, as configured and with symbolic links resolved. */
const readableFolders = Effect.fnUntraced(function* (config: MediaFolders, inputDirs: ReadonlyArray<string>) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const callerFolders = yield* yield* CallerFolders
  const named = yield* Effect.forEach([config.outputDir, ...inputDirs, ...callerFolders], (folder) =>
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

/** The paths that a value may mean. Relative ones resolve against the readable folders, never the working directory of a server. */
const candidatePaths = Effect.fnUntraced(function* (
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
      return yield* refuse(field, onOtherMachine(value))
    if (url !== undefined && !onWindows && /^\/[a-z]:\//i.test(url.pathname))
      return yield* refuse(field, windowsPath(value))
    const local = url === undefined ? Option.none() : yield* Effect.option(path.fromFileUrl(url))
    return Option.toArray(local)
  }
  if (value.startsWith("\\\\") || (onWindows && value.startsWith("//")))
    return yield* refuse(field, onOtherMachine(value))
  if (!onWindows && /^[a-z]:[\\/]/i.test(value)) return yield* refuse(field, windowsPath(value))
  const expanded = expandHome(value, homeDir)
  return path.isAbsolute(expanded) || folders === undefined
    ? [path.resolve(expanded)]
    : folders.map((folder) => path.resolve(folder, expanded))
})

const isInside = (path: Path.Path, target: string, folders: ReadonlyArray<string>): boolean =>
  folders.some((folder) => {
    const relative = path.relative(folder, target)
    return relative === "" || (!/^\.\.(?:[\\/]|$)/.test(relative) && !path.isAbsolute(relative))
  })

const outside = (value: string, folders: ReadonlyArray<string>): FileDenied =>
  new FileDenied({
    path: value,
    detail: `is outside the readable folders on the machine that runs klingkit: ${folders.map(shown).join(", ")}`
  })

const onOtherMachine = (value: string): string =>
  `${shown(value)} is on another machine; give a file on the machine that runs klingkit, or an https URL`

const windowsPath = (value: string): string =>
  `${shown(value)} is a Windows path, but klingkit does not run on Windows: give the path on that system (/mnt/c/... in WSL), or an https URL`

/** Expands the tilde of `~/videos` to the home folder. */
export const expandHome = (value: string, homeDir: string): string => value.replace(/^~(?=$|[\\/])/, homeDir)

const refuse = (field: string, message: string): KlingError => invalidInput([{ field, message }])

const shown = (value: string): string => sanitizeText(value, 120)
