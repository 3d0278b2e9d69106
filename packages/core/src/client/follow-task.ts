import { Effect, Option, Stream } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import { familyOfHandle } from "../handle.ts"
import { catalog } from "../operations/catalog.ts"
import { isFinished, type Task } from "../wire/task.ts"
import { pollDelaySeconds } from "./poll.ts"

/** The task at every look, paced by how long its kind usually takes; ends with the look that sees it ended. */
export const followTask = (
  look: (id: string) => Effect.Effect<Task, KlingError>,
  id: string,
  usualSeconds = usualSecondsOf(id) ?? 60
): Stream.Stream<Task, KlingError> =>
  Stream.paginate(0, (turn) =>
    Effect.gen(function* () {
      if (turn > 0) yield* Effect.sleep(pollDelaySeconds(turn - 1, usualSeconds) * 1000)
      const seen = yield* look(id).pipe(
        Effect.asSome,
        // The task goes on whether or not it can be seen: only what will never pass ends the wait.
        Effect.catchIf(
          (error) => error.isRetryable,
          () => Effect.succeedNone
        )
      )
      const next = Option.isSome(seen) && isFinished(seen.value) ? Option.none<number>() : Option.some(turn + 1)
      return [Option.toArray(seen), next] as const
    })
  )

/** The usual time in seconds of a handle's family, for whoever did not submit the task; nothing for other ids. */
export const usualSecondsOf = (id: string): number | undefined => {
  const family = familyOfHandle(id)
  const create = catalog.find((one) => one.kind === "create" && one.family === family)
  return create?.usualSeconds(create.example)
}
