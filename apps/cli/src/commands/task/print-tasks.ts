import type { JobMoney, KlingError } from "@klingkit/core"
import { moneyOfUnread, sanitizeText } from "@klingkit/core/internal"
import { type Job, type JobError, type LedgerError, moneyOfJob, type SavedResult, totalMoney } from "@klingkit/jobs"
import { Cause, Effect } from "effect"
import { exitCode } from "../../output/exit-code.ts"
import { aboutJob, CommandError, type Failure, failureError, failureOf } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"
import { taskText, taskView } from "../../output/task-view.ts"

/** What became of one of several tasks that a command was given. */
export interface TaskOutcome {
  readonly id: string
  readonly job?: Job
  readonly files?: ReadonlyArray<SavedResult>
  readonly failure?: Failure
}

/** The failure of one task, with what is known of its money. */
export const failureOfTask = (error: KlingError | JobError | LedgerError | CommandError, job?: Job): Failure => {
  const failure = failureOf(Cause.fail(error))
  return job === undefined || failure.job !== undefined ? failure : aboutJob(failure, job)
}

/** Prints all of several tasks; fails afterwards if anything of one has failed, or one still runs. */
export const printTasks = Effect.fnUntraced(function* (outcomes: ReadonlyArray<TaskOutcome>, whenEmpty: string) {
  const output = yield* Output
  yield* output.answer({
    json: {
      tasks: outcomes.map(({ id, job, files, failure }) => ({
        ...(job === undefined ? { handle: id, status: "unknown" } : taskView(job, files)),
        ...(failure === undefined ? {} : { error: failureError(failure) })
      }))
    },
    text: outcomes.length === 0 ? whenEmpty : outcomes.map(textOf).join("\n\n")
  })
  const failure = failureOfAll(outcomes)
  if (failure !== undefined) return yield* new CommandError({ failure })
})

const textOf = ({ id, job, files, failure }: TaskOutcome): string =>
  [
    job === undefined ? `Task ID: ${sanitizeText(id, 80)}\nStatus: unknown` : taskText(job, files),
    ...(failure === undefined ? [] : [`Error (${failure.code}): ${failure.message}`])
  ].join("\n")

/** A task that still runs decides the exit code: the same command waits on. */
const failureOfAll = (outcomes: ReadonlyArray<TaskOutcome>): Failure | undefined => {
  const failed = outcomes.flatMap(({ id, failure }) => (failure === undefined ? [] : [{ id, failure }]))
  const first = failed.find(({ failure }) => failure.exitCode === exitCode.stillRunning) ?? failed[0]
  if (first === undefined || outcomes.length === 1) return first?.failure
  const lines = failed.map(({ id, failure }) => `${sanitizeText(id, 80)}: ${failure.message}`)
  const money = totalMoney(outcomes.map(moneyOf))
  const { job: _job, handle: _handle, task: _task, receipt: _receipt, ...failure } = first.failure
  return { ...failure, message: lines.join("; "), lines, charged: money.charged, money }
}

const moneyOf = ({ id, job, failure }: TaskOutcome): JobMoney =>
  failure?.job ?? (job === undefined ? { ...moneyOfUnread(id), ...notKnown(failure) } : moneyOfJob(job))

/** Of an id that leads to no task. */
const notKnown = (failure: Failure | undefined) =>
  failure?.charged === "no" ? { isSent: false, isEnded: true, charged: "no" as const } : {}
