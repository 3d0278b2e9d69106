import type { JobMoney, Plan } from "@klingkit/core"
import {
  type Job,
  Jobs,
  moneyOfJob,
  type SavedFile,
  startedJob,
  type Take,
  totalMoney,
  withLatestLinks
} from "@klingkit/jobs"
import { describeQueuePosition, plannedFacts } from "@klingkit/jobs/internal"
import { Cause, Effect, Exit, Option } from "effect"
import { connection } from "../connection.ts"
import { aboutJob, CommandError, type Failure, failureOf } from "../output/failure.ts"
import { Output } from "../output/output.ts"
import { quoteText, quoteView, taskText, taskView } from "../output/task-view.ts"
import { timeLeft } from "./deadline.ts"
import { beforePaying, createFolder, type Destination, readDestination, requireDestinations } from "./destination.ts"
import { downloadFiles } from "./download-files.ts"
import { identityOptions, type PaidFlags } from "./paid-flags.ts"
import { type JobNames, tellOfJobs } from "./tell-of-jobs.ts"
import { waitForTask } from "./wait-for-task.ts"

type TakesPlan = Plan & Required<Pick<Plan, "variants">>

/** What became of one take. A take with a job may still have failed at Kling, or be unfinished. */
interface Outcome {
  readonly take: Take
  readonly job?: Job
  readonly files?: ReadonlyArray<SavedFile>
  readonly failure?: Failure
}

/** Runs a plan of several takes as a paid command's flags say. Fails if one was not made, after it has printed all. */
export const runTakes = Effect.fn("runTakes")(function* (plan: TakesPlan, flags: PaidFlags, count: number) {
  const first = Option.getOrElse(flags.take, () => 1)
  const requests = Array.from({ length: plan.variants.count }, (_, index) => ({
    output: flags.output,
    force: flags.force,
    count,
    facts: { ...plannedFacts(plan), take: String(first + index) },
    suffix: `-${first + index}`,
    field: `--output of take ${first + index}`,
    templateField: "--output"
  }))
  // Every destination is judged before anything is sent.
  yield* beforePaying(requireDestinations(requests))
  const destinations = yield* Effect.forEach(requests, readDestination)
  const folder = destinations[0]?.folder
  if (folder !== undefined) yield* beforePaying(createFolder(folder))
  const run = Effect.fnUntraced(function* (names: JobNames) {
    yield* names.expect(requests.length)
    const outcomes = yield* finishAll(yield* submitAll(plan, flags, folder, names), flags, destinations)
    yield* print(plan, outcomes)
    const failure = failureOfTakes(outcomes)
    if (failure !== undefined) return yield* new CommandError({ failure })
  })
  yield* tellOfJobs(run).pipe(Effect.provide(connection))
})

const submitAll = Effect.fnUntraced(function* (
  plan: TakesPlan,
  flags: PaidFlags,
  folder: string | undefined,
  names: JobNames
) {
  const jobs = yield* Jobs
  const output = yield* Output
  yield* output.say(`Quote: ${quoteText(plan.quote)}`)
  const { takes = [] } = yield* jobs
    .run(plan, {
      answerWithin: yield* timeLeft(flags.timeout),
      isApproved: flags.yes,
      ...(folder === undefined ? {} : { folder }),
      ...identityOptions(flags),
      onQueued: (position) =>
        output.say(`All concurrency slots of the account are in use: ${describeQueuePosition(position)}`),
      onHandle: (handle) => Effect.andThen(names.add(handle, { kind: "take" }), output.say(`Handle: ${handle}`))
    })
    .pipe(Effect.flatMap(startedJob))
  yield* Effect.forEach(takes, ({ take, handle, job }) =>
    Effect.gen(function* () {
      yield* names.add(handle, { kind: "take", id: String(take), job })
      if (job?.isDuplicate === true) {
        yield* output.say(`Already submitted: take ${take} is ${job.handle}, nothing was sent again`)
      }
    })
  )
  return takes
})

/** They run at Kling at the same time, so they are awaited one after the other, all within the timeout. */
const finishAll = Effect.fnUntraced(function* (
  takes: ReadonlyArray<Take>,
  flags: PaidFlags,
  destinations: ReadonlyArray<Destination>
) {
  return yield* Effect.forEach(takes, (take, index) =>
    Effect.gen(function* (): Effect.fn.Return<Outcome, never, Jobs | Output> {
      const { job, error } = take
      if (job === undefined) return { take, failure: failureOf(Cause.fail(error)) }
      if (!flags.wait && Option.isNone(flags.output)) return { take, job }
      const finished = yield* Effect.exit(finish(job, flags, destinations[index]))
      return Exit.isSuccess(finished)
        ? { take, ...finished.value }
        : { take, job, failure: failureOfTake(finished.cause, job) }
    })
  )
})

/** A failure that does not say what it knows of the money of its job, such as Ctrl+C, says it of the job. */
const failureOfTake = (cause: Cause.Cause<unknown>, job: Job): Failure => {
  const failure = failureOf(cause)
  return failure.job === undefined ? aboutJob(failure, job) : failure
}

const finish = Effect.fnUntraced(function* (submitted: Job, flags: PaidFlags, destination: Destination | undefined) {
  const { task } = yield* waitForTask(submitted.handle, { deadline: flags.timeout, submitted })
  const job: Job = { ...submitted, task }
  if (Option.isNone(flags.output) || destination === undefined) return { job }
  const files = yield* downloadFiles(job, destination, flags)
  return { job: yield* withLatestLinks(job), files }
})

const print = Effect.fnUntraced(function* (plan: TakesPlan, outcomes: ReadonlyArray<Outcome>) {
  const output = yield* Output
  yield* output.answer({
    json: {
      tasks: outcomes.map(({ take: { take, handle }, job, files, failure }) => ({
        take,
        ...(failure?.task ?? (job === undefined ? { handle, status: statusOf(failure) } : taskView(job, files))),
        ...(failure === undefined ? {} : { error: errorView(failure) })
      })),
      quote: quoteView(plan.quote)
    },
    text: outcomes
      .map(({ take: { take, handle }, job, files, failure }) =>
        [
          `Take ${take}`,
          job === undefined ? `Task ID: ${handle}\nStatus: ${statusOf(failure)}` : taskText(job, files),
          ...(failure === undefined ? [] : [`Error: ${failure.message}`, `Charged: ${failure.charged}`])
        ].join("\n")
      )
      .join("\n\n")
  })
  const waiting = outcomes.flatMap(({ job, files }) => (job === undefined || files !== undefined ? [] : [job.handle]))
  const command = outcomes.every(({ job }) => job?.task.status !== "succeed") ? "wait" : "download"
  yield* Effect.forEach(waiting, (handle) => output.say(`Next: klingkit task ${command} ${handle}`))
})

const statusOf = (failure: Failure | undefined) => (failure?.charged === "no" ? "failed" : "unknown")

const errorView = ({ code, message, charged, suggestion }: Failure) => ({ code, message, charged, suggestion })

/** The failures of some takes as that of the command; the others were made, and their charges stand. */
const failureOfTakes = (outcomes: ReadonlyArray<Outcome>): Failure | undefined => {
  const failed = outcomes.flatMap(({ take, failure }) => (failure === undefined ? [] : [{ take: take.take, failure }]))
  const [first] = failed
  if (first === undefined) return undefined
  const lines = failed.map(({ take, failure }) => `take ${take}: ${failure.message}; charged: ${failure.charged}`)
  const money = totalMoney(outcomes.map(moneyOfTake))
  const { job: _job, handle: _handle, ...failure } = first.failure
  return {
    ...failure,
    message: lines.join("; "),
    lines,
    suggestion: `${failure.suggestion}; takes that were made are not paid again by the same command`,
    charged: money.charged,
    money
  }
}

/** Of a take that was not made, what its failure says. */
const moneyOfTake = ({ take: { handle }, job, failure }: Outcome): JobMoney => {
  if (failure?.job !== undefined) return failure.job
  if (job !== undefined) return moneyOfJob(job)
  const charged = failure?.charged ?? "maybe"
  return { handle, isSent: charged !== "no", isEnded: charged === "no", charged }
}
