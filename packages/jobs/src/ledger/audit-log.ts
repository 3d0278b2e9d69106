import { maxUsd } from "@klingkit/core"
import { Context, Effect, References } from "effect"
import type { JobRecord } from "./job-record.ts"
import type { JobState } from "./job-state.ts"

/** What happened to the money of one job, once for each step that concerns it. It has no prompt and no key. */
export interface AuditEntry {
  /** `sending`: the request is about to leave. The rest is its outcome, and at last what it counts. */
  readonly event: "sending" | "accepted" | "refused" | "unknown" | "succeeded" | "failed"
  /** Milliseconds since 1970. */
  readonly at: number
  readonly handle: string
  /** Who asked for it. */
  readonly principal: string
  /** A digest of the account that pays. */
  readonly account: string
  readonly operation: string
  readonly model: string
  /** The highest price that its quote allows, in US dollars; absent when no price is published. */
  readonly quotedUsd?: number
  /** What it counts against the limits now: the charge once that is known. */
  readonly countedUsd: number
  /** Kling's id. */
  readonly taskId?: string
  readonly pipeline?: string
  /** How often the same request has been sent under this handle. */
  readonly sends: number
  /** The HTTP request that asked for it, if it is of this process. */
  readonly requestId?: string
}

/** Gets an entry for each step of each paid job of this process; none is written where it is absent. */
export const AuditLog = Context.Reference<((entry: AuditEntry) => Effect.Effect<void>) | undefined>(
  "@klingkit/jobs/AuditLog",
  { defaultValue: () => undefined }
)

const events: Partial<Readonly<Record<JobState, AuditEntry["event"]>>> = {
  SENDING: "sending",
  ACCEPTED: "accepted",
  REFUSED: "refused",
  UNKNOWN: "unknown",
  SUCCEEDED: "succeeded",
  FAILED: "failed"
}

/** Writes what a transition means for the money of a job. */
export const auditTransition = Effect.fnUntraced(function* (job: JobRecord) {
  const write = yield* AuditLog
  const event = events[job.state]
  if (write === undefined || event === undefined) return
  const requestId = (yield* References.CurrentLogAnnotations)["request_id"]
  const { handle, principal, account, operation, model, quote, spentUsd, taskId, pipeline, sends, updatedAt } = job
  const quotedUsd = maxUsd(quote)
  yield* write({
    event,
    at: updatedAt,
    handle,
    principal,
    account,
    operation,
    model,
    ...(quotedUsd === undefined ? {} : { quotedUsd }),
    countedUsd: spentUsd,
    ...(taskId === undefined ? {} : { taskId }),
    ...(pipeline === undefined ? {} : { pipeline }),
    sends,
    ...(typeof requestId === "string" ? { requestId } : {})
  })
})
