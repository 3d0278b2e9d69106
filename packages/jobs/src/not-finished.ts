import { moneyOfUnread } from "@klingkit/core/internal"
import type { Job } from "./job.ts"
import { jobError, type JobError } from "./job-error.ts"
import { moneyOfJob } from "./job-money.ts"

/** A wait has ended before its job, which keeps running. `job` is what was last known of it; nothing if it could not be read. */
export const notFinished = (id: string, job: Job | undefined): JobError => {
  const error = jobError({ _tag: "NotFinished", taskId: id, status: job?.task.status ?? "Kling does not answer" })
  return error.about(job === undefined ? moneyOfUnread(id) : moneyOfJob(job))
}
