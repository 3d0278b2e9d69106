import type { Kling, KlingError, Task } from "@klingkit/core"
import { Effect, Exit, Request, RequestResolver } from "effect"

class Look extends Request.Class<{ readonly id: string }, Task, KlingError> {}

export interface Looks {
  /** One look at a task. Whoever asks at the same moment, for the same task or another, shares the read. */
  readonly one: (id: string) => Effect.Effect<Task, KlingError>
  /** One look at several, in as few reads as they take. */
  readonly many: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyMap<string, Exit.Exit<Task, KlingError>>>
}

export const makeLooks = (kling: Kling["Service"]): Looks => {
  const single = (id: string) => Effect.map(Effect.exit(kling.task(id)), (exit) => [id, exit] as const)

  const many = Effect.fnUntraced(function* (
    ids: ReadonlyArray<string>
  ): Effect.fn.Return<ReadonlyMap<string, Exit.Exit<Task, KlingError>>> {
    if (ids.length <= 1) return new Map(yield* Effect.forEach(ids, single))
    const seen = yield* Effect.exit(kling.tasksById(ids))
    if (Exit.isFailure(seen)) return new Map(ids.map((id) => [id, Exit.failCause(seen.cause)] as const))
    // A task that only its own path knows, none at all, or one in a strange state: asked for singly, the error says which.
    const found = [...seen.value].flatMap(([id, task]) =>
      task.status === "unknown" ? [] : [[id, Exit.succeed(task)] as const]
    )
    const rest = ids.filter((id) => !found.some(([seenId]) => seenId === id))
    return new Map([...found, ...(yield* Effect.forEach(rest, single, { concurrency: 4 }))])
  })

  const resolver = RequestResolver.make<Look>(
    Effect.fnUntraced(function* (entries) {
      const exits = yield* many([...new Set(entries.map((entry) => entry.request.id))])
      for (const entry of entries) {
        const exit = exits.get(entry.request.id)
        if (exit !== undefined) entry.completeUnsafe(exit)
      }
    })
  )

  return { one: (id) => Effect.request(new Look({ id }), resolver), many }
}
