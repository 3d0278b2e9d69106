import { Clock, Duration, Effect, Option, Result, Stream } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import { familyOfHandle } from "../handle.ts"
import { catalog } from "../operations/catalog.ts"
import { isFinished, type Task } from "../wire/task.ts"
import { pollDelaySeconds } from "./poll.ts"
import { unexpectedAnswer } from "./task-answer.ts"

const read = { id: "new.tasks.get", billed: false } as const

export interface FollowOptions {
  /** How long the task usually takes, which paces the polls; by default what its family takes. */
  readonly expected?: Duration.Input
  /** @deprecated Use `expected`. */
  readonly expectedSeconds?: number
}

/** How long a task is polled whose status word klingkit does not know, or whose record it cannot read. */
const unclearTimeout = Duration.minutes(30)

interface Poll {
  readonly count: number
  /** Since when nothing has been understood, in milliseconds since 1970. */
  readonly unclearSince?: number
}

/**
 * Polls a task, paced by its expected duration; emits every poll's result and ends with the finished task. Neither a word
 * that klingkit does not know nor an unreadable answer says that it has ended: only half an hour of them ends the wait.
 */
export const followTask = (
  readTask: (id: string) => Effect.Effect<Task, KlingError>,
  id: string,
  { expected, expectedSeconds = expectedSecondsOf(id) ?? 60 }: FollowOptions = {}
): Stream.Stream<Task, KlingError> => {
  const seconds = expected === undefined ? expectedSeconds : Duration.toSeconds(expected)
  const first: Poll = { count: 0 }
  return Stream.paginate(first, ({ count, unclearSince }) =>
    Effect.gen(function* () {
      if (count > 0) yield* Effect.sleep(pollDelaySeconds(count - 1, seconds) * 1000)
      const now = yield* Clock.currentTimeMillis
      const result = yield* Effect.result(readTask(id))
      const unclear = Result.isFailure(result) ? unreadable(result.failure) : unknownWord(result.success)
      if (unclear !== undefined && now - (unclearSince ?? now) > Duration.toMillis(unclearTimeout))
        return yield* unclear
      // The task keeps running at Kling while reads fail: only a permanent error ends the wait.
      if (Result.isFailure(result) && unclear === undefined && !result.failure.isRetryable) return yield* result.failure
      const task = Result.getSuccess(result)
      const next: Poll = { count: count + 1, ...(unclear === undefined ? {} : { unclearSince: unclearSince ?? now }) }
      const hasEnded = Option.isSome(task) && isFinished(task.value)
      return [Option.toArray(task), hasEnded ? Option.none<Poll>() : Option.some(next)] as const
    })
  )
}

const unreadable = (error: KlingError): KlingError | undefined =>
  error.reason._tag === "UnexpectedAnswer" ? error : undefined

const unknownWord = ({ id, status, statusWord }: Task): KlingError | undefined =>
  status === "unknown" ? unexpectedAnswer(read, `task ${id} has the unknown status "${statusWord}"`) : undefined

/** The expected seconds of a handle's family, for a caller that did not submit the task; nothing for other ids. */
export const expectedSecondsOf = (id: string): number | undefined => {
  const family = familyOfHandle(id)
  const create = catalog.find((operation) => operation.kind === "create" && operation.family === family)
  return create?.expectedSeconds(create.example)
}
