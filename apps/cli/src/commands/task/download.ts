import { resultRetentionDays } from "@klingkit/core/internal"
import { type Job, Jobs, moneyOfJob } from "@klingkit/jobs"
import { Effect, Option } from "effect"
import { Command } from "effect/cli"
import { saveSteps } from "../pipeline/save-steps.ts"
import { stepDestinations } from "../pipeline/step-output.ts"
import { printTask } from "../print-task.ts"
import { tellOfTask } from "../tell-of-jobs.ts"
import { destinationOf } from "../destination.ts"
import { type DownloadFlags, downloadFiles } from "../download-files.ts"
import { forceFlag, outputFlag, timeoutFlag } from "../paid-flags.ts"
import { idArgument } from "./id-argument.ts"

export const download = Command.make(
  "download",
  { task: idArgument, output: outputFlag, force: forceFlag, timeout: timeoutFlag },
  ({ task, ...flags }) =>
    Effect.gen(function* () {
      const jobs = yield* Jobs
      const job = yield* jobs.status(task)
      yield* Effect.mapError(save(job, flags), (error) =>
        error._tag === "JobError" && (job.record !== undefined || job.pipeline !== undefined)
          ? error.about(moneyOfJob(job))
          : error
      )
    }).pipe(tellOfTask(task))
).pipe(
  Command.withDescription(`Download a finished task's files; Kling keeps them for ${resultRetentionDays} days`),
  Command.withExamples([
    { command: "klingkit task download kk-t2v-0123456789abcdefghjkmnpqrs", description: "Into KLINGKIT_OUTPUT_DIR" },
    { command: "klingkit task download kk-t2v-0123456789abcdefghjkmnpqrs --output boat.mp4 --force" },
    {
      command: "klingkit task download kk-t2v-0123456789abcdefghjkmnpqrs --output 'videos/{date}/{model}-{handle}'",
      description: "Build folder and file name from the task"
    }
  ])
)

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
