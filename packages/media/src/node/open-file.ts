import { Effect, type Scope } from "effect"
import { constants } from "node:fs"
import { type FileHandle, lstat, open, readlink, realpath } from "node:fs/promises"
import { FileUnreadable, type OpenFile } from "../files/file-host.ts"
import { canPin } from "./open-folder.ts"

/** A named pipe that has replaced the file must not keep the program waiting for a writer. */
const toRead = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * On Linux the system says where the open file is. Elsewhere its path is resolved again, and must still lead to the file
 * that is open.
 */
export const openFile = Effect.fnUntraced(function* (
  path: string,
  pin: boolean = canPin
): Effect.fn.Return<OpenFile, FileUnreadable, Scope.Scope> {
  const handle = yield* opened(path, toRead)
  const { size, realPath } = yield* attempt(path, async () => {
    const info = await handle.stat()
    if (!info.isFile()) throw new Error("not a regular file")
    return { size: info.size, realPath: await (pin ? linkOf(handle) : pathOfSame(handle, path)) }
  })
  return {
    realPath,
    sizeBytes: size,
    read: (buffer, position) =>
      attempt(path, async () => (await handle.read(buffer, 0, buffer.length, position)).bytesRead)
  }
})

export const locateFolder = (folder: string, pin: boolean = canPin): Effect.Effect<string, FileUnreadable> =>
  pin
    ? Effect.scoped(
        Effect.flatMap(opened(folder, constants.O_DIRECTORY), (handle) => attempt(folder, () => linkOf(handle)))
      )
    : attempt(folder, () => realpath(folder))

const opened = (path: string, flags: number) =>
  Effect.acquireRelease(
    attempt(path, () => open(path, flags)),
    (handle) => Effect.promise(() => handle.close())
  )

const linkOf = ({ fd }: FileHandle): Promise<string> => readlink(`/proc/self/fd/${fd}`)

const pathOfSame = async (handle: FileHandle, path: string): Promise<string> => {
  const before = await handle.stat({ bigint: true })
  const realPath = await realpath(path)
  const now = await lstat(realPath, { bigint: true })
  if (before.dev !== now.dev || before.ino !== now.ino) throw new Error("the file was replaced")
  return realPath
}

const attempt = <A>(path: string, work: () => Promise<A>): Effect.Effect<A, FileUnreadable> =>
  Effect.tryPromise({ try: work, catch: (cause) => new FileUnreadable({ path, cause }) })
