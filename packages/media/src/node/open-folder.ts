import { sanitizeText } from "@klingkit/core/internal"
import { Effect, type Scope } from "effect"
import { constants, existsSync, type Stats } from "node:fs"
import { lstat, mkdir, open, realpath, stat } from "node:fs/promises"
import { dirname, join } from "node:path"
import { FolderDenied, type OpenFolder } from "../files/file-host.ts"
import { isMadeUpBySystem } from "../files/folder-problem.ts"

/**
 * On Linux, files are opened through the folder's descriptor (`/proc/self/fd`), so replacing the folder has no effect.
 * Node has no such way elsewhere; there the path is checked again before the first byte is written and before the
 * complete file gets its name.
 */
export const canPin: boolean = existsSync("/proc/self/fd")

export const openFolder = (
  root: string,
  below: ReadonlyArray<string>,
  pin: boolean = canPin
): Effect.Effect<OpenFolder, FolderDenied, Scope.Scope> =>
  Effect.andThen(
    attempt(root, () => makeRoot(root)),
    pin ? openPinned(root, below) : openByPath(root, below)
  )

const openPinned = Effect.fnUntraced(function* (root: string, below: ReadonlyArray<string>) {
  let shown = root
  let folder = yield* openDirectory(shown, root, constants.O_DIRECTORY)
  const pathOf = (name: string) => `/proc/self/fd/${folder.fd}/${name}`
  for (const name of below) {
    shown = join(shown, name)
    yield* attempt(shown, () => makeFolder(pathOf(name)))
    folder = yield* openDirectory(shown, pathOf(name), constants.O_DIRECTORY | constants.O_NOFOLLOW)
  }
  const assertUnchanged = assertSame(
    shown,
    attempt(shown, () => folder.stat()),
    attempt(shown, () => stat(shown))
  )
  return { pathOf, assertUnchanged, sync: Effect.ignore(attempt(shown, () => folder.sync())) } satisfies OpenFolder
})

const openByPath = Effect.fnUntraced(function* (root: string, below: ReadonlyArray<string>) {
  let shown = root
  let folder = yield* attempt(root, () => realpath(root))
  for (const name of below) {
    shown = join(shown, name)
    folder = join(folder, name)
    yield* attempt(shown, () => makeFolder(folder))
    const info = yield* attempt(shown, () => lstat(folder))
    if (!info.isDirectory()) return yield* Effect.fail(denied(shown, notFolder))
  }
  const original = yield* attempt(shown, () => lstat(folder))
  // A link in a parent folder shows only in the real path.
  const current = attempt(shown, async () => ((await realpath(folder)) === folder ? lstat(folder) : undefined))
  const assertUnchanged = assertSame(shown, Effect.succeed(original), current)
  return { pathOf: (name: string) => join(folder, name), assertUnchanged, sync: Effect.void } satisfies OpenFolder
})

const assertSame = Effect.fnUntraced(function* (
  shown: string,
  original: Effect.Effect<Stats, FolderDenied>,
  current: Effect.Effect<Stats | undefined, FolderDenied>
) {
  const [before, after] = [yield* original, yield* current]
  if (before.dev === after?.dev && before.ino === after.ino) return
  return yield* Effect.fail(denied(shown, "the folder was replaced"))
})

const openDirectory = (shown: string, path: string, flags: number) =>
  Effect.acquireRelease(
    attempt(shown, () => open(path, flags)),
    (folder) => Effect.promise(() => folder.close())
  )

/** Node's recursive mkdir does not end below `/proc`. */
const makeRoot = async (root: string): Promise<void> => {
  if (isMadeUpBySystem(await realParent(root))) throw new Error("the system keeps no files there")
  await mkdir(root, { recursive: true })
}

/** The real path of a folder, or of its nearest existing parent. */
const realParent = (folder: string): Promise<string> =>
  realpath(folder).catch((error: NodeJS.ErrnoException) => {
    const parent = dirname(folder)
    if (error.code !== "ENOENT" || parent === folder) throw error
    return realParent(parent)
  })

const makeFolder = (folder: string): Promise<void> =>
  mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error
  })

const attempt = <A>(folder: string, work: () => Promise<A>): Effect.Effect<A, FolderDenied> =>
  Effect.tryPromise({
    try: work,
    catch: (error) => {
      const { code = "", message } = error as NodeJS.ErrnoException
      return denied(folder, details[code] ?? sanitizeText(message))
    }
  })

const denied = (folder: string, detail: string): FolderDenied => new FolderDenied({ folder, detail })

const notFolder = "a file or symbolic link is in the way"
const noPermission = "no permission to write there"

const details: Readonly<Record<string, string>> = {
  EACCES: noPermission,
  EPERM: noPermission,
  EROFS: "the file system is read-only",
  EEXIST: notFolder,
  ENOTDIR: notFolder,
  ELOOP: notFolder,
  ENOSPC: "the disk is full"
}
