import { type AnyOperation, findOperation, type Task } from "@klingkit/core"
import { sharesTaskList } from "@klingkit/core/internal"
import type { JobRecord } from "../ledger/job-record.ts"

/** Kling's clock and ours may differ by this much. */
const clockSkewMillis = 120_000
/** Retries of a rejected send, its timeout, and a server that creates the task after the response was lost. */
const createdWithinMillis = 600_000

export interface TimeWindow {
  readonly from: number
  readonly until: number
}

/** When, by Kling's clock, the task of a job was created whose request was first sent at this time. */
export const createdWindow = (sentAt: number): TimeWindow => ({
  from: sentAt - clockSkewMillis,
  until: sentAt + createdWithinMillis
})

/** First sends of which a task of a job sent in this window may be the result. */
export const rivalWindow = (sentAt: number): TimeWindow => ({
  from: sentAt - clockSkewMillis - createdWithinMillis,
  until: sentAt + clockSkewMillis + createdWithinMillis
})

/** Whether a job may have made a task, as far as Kling's list tells: by its external id, else by when it was created. */
export const mayBeTaskOf = ({ handle, sentAt }: JobRecord, { externalId, createdAt }: Task): boolean => {
  if (externalId !== undefined) return externalId === handle
  if (sentAt === undefined || createdAt === undefined) return false
  const { from, until } = createdWindow(sentAt)
  return createdAt >= from && createdAt <= until
}

/** Whether another job may have made a task that is in the list of `operation`. */
export const mayAlsoBeTaskOf = (rival: JobRecord, operation: AnyOperation, task: Task): boolean => {
  const declared = findOperation(rival.operation)
  return (declared === undefined || sharesTaskList(operation, declared)) && mayBeTaskOf(rival, task)
}
