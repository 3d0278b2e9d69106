import { Kling, type KlingError, type Task } from "@klingkit/core"
import { Cause, Effect, Exit, Request, RequestResolver } from "effect"

class ReadTask extends Request.Class<{ readonly id: string }, Task, KlingError> {}

/** Reads tasks at Kling in as few requests as possible. */
export interface TaskReader {
  /** Reads one task. Concurrent callers share a request, also for different tasks. */
  readonly read: (id: string) => Effect.Effect<Task, KlingError>
  readonly readMany: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyMap<string, Exit.Exit<Task, KlingError>>>
}

export const makeTaskReader: Effect.Effect<TaskReader, never, Kling> = Effect.gen(function* () {
  const kling = yield* Kling
  const readOne = (id: string) => Effect.map(Effect.exit(kling.task(id)), (exit) => [id, exit] as const)

  const readMany = Effect.fnUntraced(function* (
    ids: ReadonlyArray<string>
  ): Effect.fn.Return<ReadonlyMap<string, Exit.Exit<Task, KlingError>>> {
    if (ids.length <= 1) return new Map(yield* Effect.forEach(ids, readOne))
    const batch = yield* Effect.exit(kling.tasksById(ids))
    if (Exit.isFailure(batch)) {
      return new Map(ids.map((id) => [id, Exit.failCause(Cause.map(batch.cause, (error) => error.aboutTask(id)))]))
    }
    // Tasks that the batch lacks (listed on their own path only, or unknown), or whose state it does not know, are read
    // one by one: the error then says which it is.
    const found = [...batch.value].flatMap(([id, task]) =>
      task.status === "unknown" ? [] : [[id, Exit.succeed(task)] as const]
    )
    const rest = ids.filter((id) => !found.some(([foundId]) => foundId === id))
    return new Map([...found, ...(yield* Effect.forEach(rest, readOne, { concurrency: 4 }))])
  })

  const resolver = RequestResolver.make<ReadTask>(
    Effect.fnUntraced(function* (entries) {
      const exits = yield* readMany([...new Set(entries.map((entry) => entry.request.id))])
      for (const entry of entries) {
        const exit = exits.get(entry.request.id)
        if (exit !== undefined) entry.completeUnsafe(exit)
      }
    })
  )

  return { read: (id) => Effect.request(new ReadTask({ id }), resolver), readMany }
})
