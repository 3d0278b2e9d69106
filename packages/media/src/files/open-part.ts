import { Cause, Effect, Exit, FileSystem, type PlatformError, type Scope } from "effect"
import { FetchFailure } from "./fetch-failure.ts"
import type { ReceivedBytes } from "./fetch-to-file.ts"
import { FileHost, type OpenFolder } from "./file-host.ts"
import { canContinue, type FileVersion } from "./file-version.ts"
import { leftParts, removeParts, takeOver } from "./left-parts.ts"
import { type ResultPart, stateName, writeState } from "./part-state.ts"
import { partialName, removeDeadParts } from "./partial-files.ts"

/** A new partial file. With its scope it is removed, unless it was renamed, or is left for another attempt. */
export interface Part {
  readonly name: string
  readonly file: FileSystem.File
  /** What it holds from the beginning, of an earlier attempt of this or another program. */
  readonly received: ReceivedBytes | undefined
  readonly onVersion: (version: FileVersion) => Effect.Effect<void, PlatformError.PlatformError>
  readonly onBytes: (bytes: number) => void
  /** Runs a fetch into it. One that was cancelled, or that a later attempt may complete, leaves the file. */
  readonly fetching: <A, E, R>(fetch: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** Creates a partial file for a result of a task, and takes over what was left of that result. */
export const openPart = Effect.fnUntraced(function* (
  folder: OpenFolder,
  handle: string,
  result: ResultPart,
  others: ReadonlyArray<string>
): Effect.fn.Return<Part, PlatformError.PlatformError, FileHost | FileSystem.FileSystem | Scope.Scope> {
  const host = yield* FileHost
  const process = yield* host.process
  const name = yield* partialName(handle)
  let isLeft = false
  const file = yield* createFile(folder, name, () => isLeft)
  const stateFile = yield* createFile(folder, stateName(name), () => isLeft)
  const left = yield* leftParts(folder, others, result.index)
  const received = yield* takeOver(folder, left, file, result)
  let { version, bytes } = received ?? { version: {}, bytes: 0 }
  const write = (leftBytes?: number) =>
    writeState(stateFile, { ...result, version, process, ...(leftBytes === undefined ? {} : { leftBytes }) })
  yield* write()
  yield* removeParts(folder, left)
  yield* removeDeadParts(folder, others, file)
  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => (isLeft ? Effect.andThen(file.sync, write(bytes)) : Effect.void)).pipe(
      // What could not be persisted cannot be continued.
      Effect.catch(() => Effect.sync(() => (isLeft = false)))
    )
  )
  return {
    name,
    file,
    received,
    onVersion: (started) => {
      version = started
      bytes = 0
      return write()
    },
    onBytes: (count) => {
      bytes = count
    },
    fetching: (fetch) =>
      Effect.onExit(fetch, (exit) =>
        Effect.sync(() => {
          isLeft = Exit.isFailure(exit) && mayContinue(exit.cause) && canContinue(version, bytes)
        })
      )
  }
})

const mayContinue = (cause: Cause.Cause<unknown>): boolean => {
  const error = Cause.squash(cause)
  return Cause.hasInterruptsOnly(cause) || (error instanceof FetchFailure && (error.isTransient || error.isDeadLink))
}

/** Creates a new file, and removes it with the scope unless it was renamed or is left. */
export const createFile = (folder: OpenFolder, name: string, isLeft: () => boolean = () => false) =>
  Effect.uninterruptible(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* fs.open(folder.pathOf(name), { flag: "wx+" })
      yield* Effect.addFinalizer(() =>
        Effect.suspend(() => (isLeft() ? Effect.void : Effect.ignore(fs.remove(folder.pathOf(name)))))
      )
      return file
    })
  )
