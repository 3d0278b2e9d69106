import { KlingError } from "@klingkit/core"
import { Jobs, moneyOfJob, totalMoney } from "@klingkit/jobs"
import { Cause, Effect, Ref } from "effect"
import { connection } from "../connection.ts"
import { CommandError, failureOf } from "../output/failure.ts"
import { interrupted, type NamedJob } from "../output/interrupted.ts"
import { Output } from "../output/output.ts"

/** Where a command names its jobs, each before anything is sent of it, or as soon as it is found. */
export interface JobNames {
  readonly add: (handle: string, known?: Omit<NamedJob, "handle">) => Effect.Effect<void>
  /** How many others the command has still to start. */
  readonly expect: (count: number) => Effect.Effect<void>
}

/**
 * However the command ends, what is said of money holds for the jobs that it has named, as the ledger has them at that moment:
 * at Ctrl+C, and where something fails that knows nothing of them.
 */
export const tellOfJobs = <A, E, R>(run: (names: JobNames) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const output = yield* Output
    const named = yield* Ref.make<ReadonlyMap<string, NamedJob>>(new Map())
    const expected = yield* Ref.make(0)
    const names: JobNames = {
      add: (handle, known = {}) =>
        Ref.update(named, (before) => new Map(before).set(handle, { ...before.get(handle), ...known, handle })),
      expect: (count) => Ref.set(expected, count)
    }
    const latest = Effect.flatMap(Ref.get(named), (jobs) => withRecords([...jobs.values()]))
    return yield* run(names).pipe(
      Effect.onInterrupt(() =>
        Effect.gen(function* () {
          const jobs = yield* latest
          yield* output.fail(interrupted(jobs, Math.max(0, (yield* Ref.get(expected)) - jobs.length)))
        })
      ),
      Effect.catchCause((cause) => Effect.flatMap(latest, (jobs) => Effect.failCause(withMoney(cause, jobs))))
    )
  })

/** The jobs with what the ledger knows of them by now; it may know nothing, or be out of reach. */
const withRecords = Effect.fnUntraced(function* (jobs: ReadonlyArray<NamedJob>) {
  const handles = jobs.map(({ handle }) => handle)
  const recorded = yield* Jobs.use((service) => service.recorded(handles)).pipe(Effect.orElseSucceed(() => []))
  return jobs.map((one): NamedJob => {
    const job = recorded.find(({ handle }) => handle === one.handle) ?? one.job
    return job === undefined ? one : { ...one, job }
  })
})

/** A failure that does not know of the jobs, such as a defect, denies no charge and keeps their handles. */
const withMoney = <E>(cause: Cause.Cause<E>, jobs: ReadonlyArray<NamedJob>): Cause.Cause<E | CommandError> => {
  if (Cause.hasInterruptsOnly(cause)) return cause
  const failure = failureOf(cause)
  const known = jobs.flatMap(({ job }) => (job === undefined ? [] : [moneyOfJob(job)]))
  const [first] = known
  if (failure.job !== undefined || failure.money !== undefined || first === undefined) return cause
  const money = totalMoney(known)
  if (money.charged === "no" || (failure.charged !== "no" && failure.code !== "CLI_BUG")) return cause
  const { handle } = first
  const about =
    known.length === 1
      ? { job: first, handle, suggestion: `see it with: klingkit task get ${handle}; ${failure.suggestion}` }
      : { money }
  return Cause.fail(new CommandError({ failure: { ...failure, charged: money.charged, ...about } }))
}

/** What concerns tasks that were made before, by their ids: also without a connection nothing is denied of them. */
export const tellOfTasks =
  (ids: ReadonlyArray<string>) =>
  <A, E, R>(work: Effect.Effect<A, E, R>) => {
    const named = ids.map((id): NamedJob => ({ handle: id, ...(ids.length > 1 ? { kind: "task", id } : {}) }))
    const running = tellOfJobs((names) =>
      Effect.andThen(
        Effect.forEach(named, ({ handle, ...known }) => names.add(handle, known), { discard: true }),
        work
      )
    )
    return running.pipe(
      Effect.provide(connection),
      Effect.onInterrupt(() => Output.use((output) => output.fail(interrupted(named))))
    )
  }

/** The same for one task, which errors without a task are about. */
export const tellOfTask =
  (id: string) =>
  <A, E, R>(work: Effect.Effect<A, E, R>) =>
    Effect.mapError(tellOfTasks([id])(work), (error) => (error instanceof KlingError ? error.aboutTask(id) : error))
