import { stringifyJson } from "@klingkit/core/internal"
import type { Job } from "@klingkit/jobs"
import type { Ending, Message } from "@klingkit/jobs/internal"
import { taskResult } from "@klingkit/tools"
import { DateTime } from "effect"

/** How a job has ended; nothing if it has not. */
export const endingOf = ({ task }: Job): Ending | undefined =>
  task.status === "succeed"
    ? "succeeded"
    : task.status === "failed"
      ? "failed"
      : task.status === "unknown"
        ? "unresolved"
        : undefined

/** What an endpoint gets about a job: what `wait_for_task` shows of it, and whose it is. */
export const messageBody = ({ ending, endedAt, principal }: Message, job: Job): string =>
  bodyOf(`job.${ending}`, endedAt, { ...taskResult(job).structured, caller: principal })

export const testBody = (endpoint: string, now: number): string => bodyOf("endpoint.test", now, { endpoint })

const bodyOf = (type: string, at: number, data: Readonly<Record<string, unknown>>): string =>
  stringifyJson({ type, timestamp: DateTime.formatIso(DateTime.makeUnsafe(at)), data })
