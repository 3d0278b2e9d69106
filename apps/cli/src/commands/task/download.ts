import { isFinished } from "@klingkit/core"
import { resultRetentionDays } from "@klingkit/core/internal"
import { type DownloadedJob, downloadJobs, type Job, Jobs, moneyOfJob } from "@klingkit/jobs"
import { Effect, Option, Result } from "effect"
import { Argument, Command } from "effect/cli"
import { usageError } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"
import { timeLeft } from "../deadline.ts"
import { saveSteps } from "../pipeline/save-steps.ts"
import { stepDestinations } from "../pipeline/step-output.ts"
import { printTask } from "../print-task.ts"
import { tellOfTask, tellOfTasks } from "../tell-of-jobs.ts"
import { destinationOf } from "../destination.ts"
import { type DownloadFlags, downloadFiles, megabytes } from "../download-files.ts"
import { forceFlag, outputFlag, timeoutFlag } from "../paid-flags.ts"
import { toggle } from "../toggle.ts"
import { idArgument } from "./id-argument.ts"
import { failureOfTask, printTasks, type TaskOutcome } from "./print-tasks.ts"

const flags = {
  all: toggle("all", "every finished task whose results are not saved yet"),
  output: outputFlag,
  force: forceFlag,
  timeout: timeoutFlag
}

export const download = Command.make(
  "download",
  { tasks: idArgument.pipe(Argument.variadic({ min: 0 })), ...flags },
  Effect.fnUntraced(function* ({ tasks, all, ...flags }) {
    const [first, ...others] = new Set(tasks)
    if ((first === undefined) !== all) {
      return yield* usageError([{ field: "task", message: "or --all is needed, and only one of them" }])
    }
    if (first === undefined)
      return yield* Effect.andThen(unsavedIds, (ids) => saveAll(ids, flags)).pipe(tellOfTasks([]))
    if (others.length > 0) return yield* saveAll([first, ...others], flags).pipe(tellOfTasks([first, ...others]))
    yield* saveOne(first, flags).pipe(tellOfTask(first))
  })
).pipe(
  Command.withDescription(`Download the files of finished tasks; Kling keeps them for ${resultRetentionDays} days`),
  Command.withExamples([
    { command: "klingkit task download kk-t2v-0123456789abcdefghjkmnpqrs", description: "Into KLINGKIT_OUTPUT_DIR" },
    { command: "klingkit task download kk-t2v-0123456789abcdefghjkmnpqrs --output boat.mp4 --force" },
    {
      command: "klingkit task download kk-t2v-0123456789abcdefghjkmnpqrs --output 'videos/{date}/{model}-{handle}'",
      description: "Build folder and file name from the task"
    },
    { command: "klingkit task download --all", description: "Everything that is not saved yet" }
  ])
)

const saveOne = Effect.fnUntraced(function* (task: string, flags: DownloadFlags) {
  const job = yield* Jobs.use((jobs) => jobs.status(task))
  yield* Effect.mapError(save(job, flags), (error) =>
    error._tag === "JobError" && (job.record !== undefined || job.pipeline !== undefined)
      ? error.about(moneyOfJob(job))
      : error
  )
})

const unsavedIds = Effect.gen(function* () {
  const output = yield* Output
  const found = yield* Jobs.use((jobs) => jobs.unsaved())
  const running = found.filter(({ task }) => !isFinished(task)).map(({ handle }) => handle)
  if (running.length > 0) yield* output.say(`Still running: klingkit task wait ${running.join(" ")}`)
  return found.filter(({ task }) => isFinished(task)).map(({ handle }) => handle)
})

/** Each under its own name: one file name cannot name them all. */
const saveAll = Effect.fnUntraced(function* (
  ids: ReadonlyArray<string>,
  { output: target, force, timeout }: DownloadFlags
) {
  const output = yield* Output
  const { folder, fileName, nameTemplate } = yield* destinationOf({ output: target, force: true, count: 1 })
  if (fileName !== undefined) {
    return yield* usageError([
      { field: "--output", message: `names one file; for several tasks give a folder, or a name with {handle}` }
    ])
  }
  const all = yield* downloadJobs(ids, {
    folder,
    ...(nameTemplate === undefined ? {} : { nameTemplate }),
    overwrite: force,
    timeout: yield* timeLeft(timeout),
    onProgress: ({ receivedBytes }) =>
      output.live(`downloading ${ids.length} tasks, ${megabytes(receivedBytes)} MB of a file`)
  })
  yield* printTasks(all.map(outcomeOf), "No finished task has results that are not saved.")
})

const outcomeOf = ({ id, result, files }: DownloadedJob): TaskOutcome => {
  if (Result.isFailure(result)) return { id, failure: failureOfTask(result.failure) }
  const job = result.success
  return Result.match(files, {
    onFailure: (error) => ({ id, job, failure: failureOfTask(error, job) }),
    onSuccess: (saved) => ({ id, job, files: saved })
  })
}

const save = Effect.fnUntraced(function* (job: Job, flags: DownloadFlags) {
  const { output } = flags
  const { pipeline } = job
  if (pipeline !== undefined && Option.isSome(output)) {
    const destinations = yield* stepDestinations(pipeline.steps, { output, force: true, isNamedByUser: false })
    const saved = yield* saveSteps({ destinations, ...flags })(job)
    if (saved.length > 0) return yield* printTask(job, saved)
  }
  const destination = yield* destinationOf({
    output,
    // A file in the way may be the result itself: that is decided when it is saved.
    force: true,
    count: pipeline === undefined ? job.task.outputs.length : 1
  })
  yield* printTask(job, yield* downloadFiles(job, destination, flags))
})
