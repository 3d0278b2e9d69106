import { Duration, Effect, Option, Stream } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import { familyOfHandle } from "../handle.ts"
import { catalog } from "../operations/catalog.ts"
import { isFinished, type Task } from "../wire/task.ts"
import { pollDelaySeconds } from "./poll.ts"

export interface FollowOptions {
  /** How long the task usually takes, which paces the polls; by default what its family takes. */
  readonly expected?: Duration.Input
  /** @deprecated Use `expected`. */
  readonly expectedSeconds?: number
}

/** Polls a task, paced by its expected duration; emits every poll's result and ends with the finished task. */
export const followTask = (
  read: (id: string) => Effect.Effect<Task, KlingError>,
  id: string,
  { expected, expectedSeconds = expectedSecondsOf(id) ?? 60 }: FollowOptions = {}
): Stream.Stream<Task, KlingError> => {
  const seconds = expected === undefined ? expectedSeconds : Duration.toSeconds(expected)
  return Stream.paginate(0, (poll) =>
    Effect.gen(function* () {
      if (poll > 0) yield* Effect.sleep(pollDelaySeconds(poll - 1, seconds) * 1000)
      const task = yield* read(id).pipe(
        Effect.asSome,
        // The task keeps running at Kling while reads fail: only a permanent error ends the wait.
        Effect.catchIf(
          (error) => error.isRetryable,
          () => Effect.succeedNone
        )
      )
      const next = Option.isSome(task) && isFinished(task.value) ? Option.none<number>() : Option.some(poll + 1)
      return [Option.toArray(task), next] as const
    })
  )
}

/** The expected seconds of a handle's family, for a caller that did not submit the task; nothing for other ids. */
export const expectedSecondsOf = (id: string): number | undefined => {
  const family = familyOfHandle(id)
  const create = catalog.find((operation) => operation.kind === "create" && operation.family === family)
  return create?.expectedSeconds(create.example)
}
