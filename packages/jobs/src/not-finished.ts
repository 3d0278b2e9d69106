import { familyOfHandle } from "@klingkit/core"
import type { Job } from "./job.ts"
import { jobError, type JobError } from "./job-error.ts"
import { moneyOfJob } from "./job-money.ts"

/** A wait has ended before its job, which keeps running. `job` is what was last known of it; nothing if it could not be read. */
export const notFinished = (id: string, job: Job | undefined): JobError => {
  const error = jobError({ _tag: "NotFinished", taskId: id, status: job?.task.status ?? "Kling does not answer" })
  if (job !== undefined) return error.about(moneyOfJob(job))
  // A handle was made for a paid request; another id is that of a task which is not ours.
  return familyOfHandle(id) === undefined
    ? error
    : error.about({ handle: id, isSent: true, isEnded: false, charged: "maybe" })
}
