import { Effect, Ref } from "effect"
import { interrupted } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"

/** The tasks that a batch has started or found and that have not ended, to be named when it is interrupted. */
export const trackTasks = Effect.gen(function* () {
  const output = yield* Output
  const open = yield* Ref.make<ReadonlyMap<string, string>>(new Map())
  const ended = yield* Ref.make<ReadonlySet<string>>(new Set())
  return {
    /** What a line reports about its task. */
    of: (id: string) => ({
      onStart: (handle: string) => Ref.update(open, (before) => new Map([...before, [handle, id]])),
      onEnd: (handle: string) =>
        Effect.andThen(
          Ref.update(ended, (before) => new Set([...before, handle])),
          Ref.update(open, (before) => new Map([...before].filter(([other]) => other !== handle)))
        )
    }),
    /** Prints what keeps running. */
    tell: Effect.gen(function* () {
      const lines = [...(yield* Ref.get(open))].map(([handle, id]) => ({ id, handle }))
      yield* output.fail(interrupted({ lines, ended: (yield* Ref.get(ended)).size }))
    })
  }
})
