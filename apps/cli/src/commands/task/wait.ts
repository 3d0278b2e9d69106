import { isFinished } from "@klingkit/core"
import { type AwaitedJob, waitForJobs } from "@klingkit/jobs"
import { Duration, Effect, Result } from "effect"
import { Command } from "effect/cli"
import { Output } from "../../output/output.ts"
import { type Deadline, timeLeft } from "../deadline.ts"
import { printTask } from "../print-task.ts"
import { timeoutFlag } from "../paid-flags.ts"
import { tellOfTask, tellOfTasks } from "../tell-of-jobs.ts"
import { stillRunning, taskFailed, waitForTask } from "../wait-for-task.ts"
import { idArguments } from "./id-argument.ts"
import { failureOfTask, printTasks, type TaskOutcome } from "./print-tasks.ts"

export const wait = Command.make(
  "wait",
  { tasks: idArguments, timeout: timeoutFlag },
  Effect.fnUntraced(function* ({ tasks, timeout }) {
    const [first = "", ...others] = new Set(tasks)
    if (others.length > 0) return yield* waitForAll([first, ...others], timeout).pipe(tellOfTasks([first, ...others]))
    yield* waitForTask(first, { deadline: timeout }).pipe(
      Effect.flatMap((job) => printTask(job)),
      tellOfTask(first)
    )
  })
).pipe(
  Command.withDescription("Wait for tasks to finish; exit code 8 if one still runs at the timeout, 1 if one failed"),
  Command.withExamples([
    { command: "klingkit task wait kk-t2v-0123456789abcdefghjkmnpqrs --timeout 5m" },
    {
      command: "klingkit task wait $HANDLE && klingkit task download $HANDLE --output boat.mp4",
      description: "Wait, then download"
    },
    { command: "klingkit task wait $FIRST $SECOND", description: "Several at once, with shared polls" }
  ])
)

const waitForAll = Effect.fnUntraced(function* (ids: ReadonlyArray<string>, deadline: Deadline) {
  const output = yield* Output
  const ended = new Set<string>()
  const awaited = yield* waitForJobs(ids, {
    timeoutSeconds: Duration.toSeconds(yield* timeLeft(deadline)),
    onPoll: ({ handle, task }) => {
      if (isFinished(task)) ended.add(handle)
      return output.live(`${ended.size} of ${ids.length} tasks have ended`)
    }
  })
  yield* printTasks(
    awaited.map((one) => outcomeOf(one, deadline)),
    ""
  )
})

const outcomeOf = ({ id, result }: AwaitedJob, deadline: Deadline): TaskOutcome =>
  Result.match(result, {
    onFailure: (error) => ({ id, failure: failureOfTask(error) }),
    onSuccess: (job) => {
      const { status } = job.task
      if (status === "succeed") return { id, job }
      return { id, job, failure: (status === "failed" ? taskFailed(job) : stillRunning(id, job, deadline)).failure }
    }
  })
