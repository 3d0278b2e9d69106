import { Effect, FileSystem, Path, type PlatformError } from "effect"

/** The system makes up what is in these; what is written there is not kept. `/dev/shm` is an ordinary folder in memory. */
const madeUp = /^\/(proc|sys|dev(?!\/shm(\/|$)))(\/|$)/

/** Whether files that are written below an absolute path, without symbolic links, are lost. */
export const isMadeUpBySystem = (folder: string): boolean => madeUp.test(folder)

/** Why results cannot be kept in a folder, or undefined. The folder may be absent. Creates nothing. */
export const folderProblem = Effect.fnUntraced(function* (
  folder: string
): Effect.fn.Return<string | undefined, never, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const problem = Effect.gen(function* () {
    const existing = yield* nearestExisting(folder)
    const { type } = yield* fs.stat(existing)
    if (type !== "Directory") return `cannot be the folder ${folder}: ${existing} is not a folder`
    if (isMadeUpBySystem(yield* fs.realPath(existing))) {
      return `cannot be the folder ${folder}: the system keeps no files there`
    }
    yield* fs.access(existing, { writable: true })
    return undefined
  })
  return yield* problem.pipe(
    Effect.catch((error) => Effect.succeed(`cannot be the folder ${folder}: ${whyNot(error)}`))
  )

  function nearestExisting(of: string): Effect.Effect<string, PlatformError.PlatformError> {
    return Effect.as(fs.stat(of), of).pipe(
      Effect.catch((error) => {
        const parent = path.dirname(of)
        const isAbsent = error.reason._tag === "NotFound" || error.reason._tag === "BadResource"
        return isAbsent && parent !== of ? nearestExisting(parent) : Effect.fail(error)
      })
    )
  }
})

const whyNot = ({ reason }: PlatformError.PlatformError): string =>
  reason._tag === "PermissionDenied" ? "no permission to write there" : `the system denied access (${reason._tag})`
