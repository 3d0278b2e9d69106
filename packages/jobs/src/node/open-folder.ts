import { untrustedText } from "@klingkit/core"
import { Effect, type Scope } from "effect"
import { constants, existsSync, type Stats } from "node:fs"
import { lstat, mkdir, open, realpath, stat } from "node:fs/promises"
import { join } from "node:path"
import type { FolderRefused, OpenFolder } from "../files/file-host.ts"

/**
 * Linux reaches files through the open folder itself (`/proc/self/fd`): a folder or a link that is put in its place
 * later plays no part. Elsewhere Node offers no such way; there the folder is watched: looked at again before the first
 * byte is written, and before the whole file gets its name.
 */
const canPin: boolean = existsSync("/proc/self/fd")

export const openFolder = (
  root: string,
  below: ReadonlyArray<string>,
  pin: boolean = canPin
): Effect.Effect<OpenFolder, FolderRefused, Scope.Scope> =>
  Effect.andThen(
    attempt(root, () => mkdir(root, { recursive: true })),
    pin ? pinned(root, below) : watched(root, below)
  )

const pinned = Effect.fnUntraced(function* (root: string, below: ReadonlyArray<string>) {
  let shown = root
  let folder = yield* opened(shown, root, constants.O_DIRECTORY)
  const at = (name: string) => `/proc/self/fd/${folder.fd}/${name}`
  for (const name of below) {
    shown = join(shown, name)
    yield* attempt(shown, () => makeOne(at(name)))
    folder = yield* opened(shown, at(name), constants.O_DIRECTORY | constants.O_NOFOLLOW)
  }
  const check = expectSame(
    shown,
    attempt(shown, () => folder.stat()),
    attempt(shown, () => stat(shown))
  )
  return { at, check, sync: Effect.ignore(attempt(shown, () => folder.sync())) } satisfies OpenFolder
})

const watched = Effect.fnUntraced(function* (root: string, below: ReadonlyArray<string>) {
  let shown = root
  let folder = yield* attempt(root, () => realpath(root))
  for (const name of below) {
    shown = join(shown, name)
    folder = join(folder, name)
    yield* attempt(shown, () => makeOne(folder))
    const info = yield* attempt(shown, () => lstat(folder))
    if (!info.isDirectory()) return yield* Effect.fail(refusal(shown, inTheWay))
  }
  const first = yield* attempt(shown, () => lstat(folder))
  // Links further up show in the real path only.
  const now = attempt(shown, async () => ((await realpath(folder)) === folder ? lstat(folder) : undefined))
  const check = expectSame(shown, Effect.succeed(first), now)
  return { at: (name: string) => join(folder, name), check, sync: Effect.void } satisfies OpenFolder
})

const expectSame = Effect.fnUntraced(function* (
  shown: string,
  first: Effect.Effect<Stats, FolderRefused>,
  now: Effect.Effect<Stats | undefined, FolderRefused>
) {
  const [before, after] = [yield* first, yield* now]
  if (before.dev === after?.dev && before.ino === after.ino) return
  return yield* Effect.fail(refusal(shown, "another folder was put in its place"))
})

const opened = (shown: string, path: string, flags: number) =>
  Effect.acquireRelease(
    attempt(shown, () => open(path, flags)),
    (folder) => Effect.promise(() => folder.close())
  )

const makeOne = (folder: string): Promise<void> =>
  mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error
  })

const attempt = <A>(folder: string, work: () => Promise<A>): Effect.Effect<A, FolderRefused> =>
  Effect.tryPromise({
    try: work,
    catch: (error) => {
      const { code = "", message } = error as NodeJS.ErrnoException
      return refusal(folder, details[code] ?? untrustedText(message))
    }
  })

const refusal = (folder: string, detail: string): FolderRefused => ({ _tag: "FolderRefused", folder, detail })

const inTheWay = "a file or a link is in the way of the folder"
const noPermission = "no permission to write there"

const details: Readonly<Record<string, string>> = {
  EACCES: noPermission,
  EPERM: noPermission,
  EROFS: "nothing can be written there: it is read-only",
  EEXIST: inTheWay,
  ENOTDIR: inTheWay,
  ELOOP: inTheWay,
  ENOSPC: "the disk is full"
}
