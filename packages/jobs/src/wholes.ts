import { Effect, Stream } from "effect"
import type { Job } from "./job.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"

/** A pipeline in place of its steps; a step whose pipeline cannot be read stays. */
export const wholes = <E>(
  jobs: Stream.Stream<Job, E>,
  statusOf: (handle: string) => Effect.Effect<Job, LedgerError>
): Stream.Stream<Job, E> =>
  Stream.suspend(() => {
    const seen = new Set<string>()
    return jobs.pipe(
      Stream.mapEffect((job) => {
        const { pipeline } = job.record ?? {}
        if (pipeline === undefined) return Effect.succeed([job])
        if (seen.has(pipeline)) return Effect.succeed([])
        seen.add(pipeline)
        return Effect.map(
          Effect.orElseSucceed(statusOf(pipeline), () => job),
          (whole) => [whole]
        )
      }),
      Stream.flattenIterable
    )
  })
