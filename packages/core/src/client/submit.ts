import { Clock, Effect, Option, Ref, Result } from "effect"
import { KlingError } from "../errors/kling-error.ts"
import type { AnyOperation } from "../operation.ts"
import type { Task } from "../wire/task.ts"
import { isDuplicateId } from "./known-messages.ts"

/** Longest time from the first byte of an ambiguous send to a definite outcome, its own timeout included. */
export const submitDeadlineMillis = 95_000
/** Delay between two lookups: a slow server may create the task after its response was lost. */
const lookupIntervalMillis = 10_000
const maxLookups = 4

/** A create is sent at most this often, always under the same external id. */
const maxSends = 2

/** Called before each step that a crash could interrupt. */
export interface SubmitJournal {
  /** Before each send: from here on the task may exist. If it fails, nothing is sent. */
  readonly sending: Effect.Effect<void, KlingError>
  /** A response was lost: the task is being looked up. */
  readonly inDoubt: Effect.Effect<void>
}

interface Submission {
  readonly operation: Pick<AnyOperation, "id" | "billed">
  readonly externalTaskId: string
  /** Sends the create, always with the same external id. */
  readonly send: Effect.Effect<Task, KlingError>
  /** Retries with backoff while Kling has certainly not accepted the request. */
  readonly retryWhileNotAccepted: (send: Effect.Effect<Task, KlingError>) => Effect.Effect<Task, KlingError>
  /** Looks up the task by its external id; nothing when it is not there. */
  readonly lookUp: Effect.Effect<Option.Option<Task>, KlingError>
  readonly journal: SubmitJournal
  /** Whether not finding the task proves that it does not exist; if not, the request is sent once only. */
  readonly isFindable: boolean
  /** Sends that an earlier run may have made under this id: if any, the task is looked up before anything is sent. */
  readonly earlierSends: number
}

/**
 * Creates a paid task at most once. If the response is ambiguous, the task is looked up by its external id, twice and
 * seconds apart; only if both lookups report it missing, where that is proof, is the request sent once more, under the same
 * id, which Kling rejects as a duplicate if the first send did arrive. An unresolved outcome fails with `SubmissionUnknown`.
 */
export const submitOnce = (submission: Submission): Effect.Effect<Task, KlingError> =>
  submission.earlierSends === 0
    ? firstSend(submission)
    : resolvedWithin(submitDeadlineMillis, submission, resume(submission))

const resolvedWithin = (
  millis: number,
  submission: Submission,
  resolution: Effect.Effect<Task, KlingError>
): Effect.Effect<Task, KlingError> =>
  resolution.pipe(
    Effect.timeoutOrElse({
      duration: millis,
      orElse: () => Effect.fail(unresolved(submission, `not resolved within ${submitDeadlineMillis / 1000} s`))
    })
  )

const firstSend = Effect.fnUntraced(function* (submission: Submission) {
  yield* submission.journal.sending
  // Time spent on rejected sends does not count: only the last send can be ambiguous.
  const sentAt = yield* Ref.make(0)
  // Not the wall clock: it may be set meanwhile.
  const now = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))
  const markSent = Effect.flatMap(now, (millis) => Ref.set(sentAt, millis))
  const sent = yield* Effect.result(submission.retryWhileNotAccepted(Effect.andThen(markSent, submission.send)))
  if (Result.isSuccess(sent)) return sent.success
  const failure = sent.failure
  const outcome = classify(failure)
  if (outcome === "rejected") return yield* failure
  yield* submission.journal.inDoubt
  const spent = (yield* now) - (yield* Ref.get(sentAt))
  return yield* resolvedWithin(submitDeadlineMillis - spent, submission, reconcile(submission, failure, outcome))
})

const reconcile = Effect.fnUntraced(function* (
  submission: Submission,
  failure: KlingError,
  outcome: "ambiguous" | "final"
) {
  const lookup = yield* search(submission)
  if (lookup._tag === "Found") return lookup.task
  if (!submission.isFindable) return yield* unresolved(submission, failure.message)
  if (lookup._tag === "NotFound" && isUnknownRefusal(failure)) return yield* absent(failure)
  // A rejected duplicate or an unknown code is Kling's final response: sending again cannot help.
  if (lookup._tag === "Failed" || outcome !== "ambiguous") return yield* unresolved(submission, failure.message)
  return yield* resend(submission, failure.message)
})

const resume = Effect.fnUntraced(function* (submission: Submission) {
  const lookup = yield* search(submission)
  if (lookup._tag === "Found") return lookup.task
  const cause = "an earlier run ended before the response arrived"
  const isSpent = !submission.isFindable || submission.earlierSends >= maxSends
  if (lookup._tag === "Failed" || isSpent) return yield* unresolved(submission, cause)
  return yield* resend(submission, cause)
})

const resend = Effect.fnUntraced(function* (submission: Submission, cause: string) {
  // The first send may have been accepted: a journal failure now does not change that.
  yield* submission.journal.sending.pipe(
    Effect.mapError((error) => unresolved(submission, `${cause}; ${error.message}`))
  )
  const resent = yield* Effect.result(submission.retryWhileNotAccepted(submission.send))
  if (Result.isSuccess(resent)) return resent.success
  yield* submission.journal.inDoubt
  const lookup = yield* search(submission)
  return lookup._tag === "Found"
    ? lookup.task
    : yield* unresolved(submission, `${cause}; then: ${resent.failure.message}`)
})

/** Kling refused for a reason that klingkit does not know. */
const isUnknownRefusal = ({ reason, httpStatus = 0 }: KlingError): boolean =>
  reason._tag === "UnknownCode" && httpStatus >= 400 && httpStatus < 500

const absent = ({ reason, operation, billed, httpStatus, requestId }: KlingError): KlingError =>
  new KlingError({
    reason,
    isAbsent: true,
    ...(operation === undefined ? {} : { operation }),
    ...(billed === undefined ? {} : { billed }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(requestId === undefined ? {} : { requestId })
  })

/** `rejected`: no task exists. `ambiguous`: one may exist. `final`: one may exist, and a retry would fail the same way. */
const classify = (error: KlingError): "rejected" | "ambiguous" | "final" => {
  if (isDuplicateId(error)) return "final"
  if (!error.mayHaveExecuted) return "rejected"
  return error.reason._tag === "UnknownCode" ? "final" : "ambiguous"
}

type LookupResult =
  | { readonly _tag: "Found"; readonly task: Task }
  | { readonly _tag: "NotFound" }
  | { readonly _tag: "Failed" }

/** Looks up the task until it is found or was missing twice; a failed lookup proves nothing. */
const search = Effect.fnUntraced(function* (submission: Submission): Effect.fn.Return<LookupResult> {
  let misses = 0
  for (let lookup = 0; lookup < maxLookups; lookup++) {
    if (lookup > 0) yield* Effect.sleep(lookupIntervalMillis)
    const found = yield* Effect.result(submission.lookUp)
    if (Result.isFailure(found)) continue
    if (Option.isSome(found.success)) return { _tag: "Found", task: found.success.value }
    misses += 1
    if (misses === 2) return { _tag: "NotFound" }
  }
  return { _tag: "Failed" }
})

const unresolved = (submission: Submission, detail: string): KlingError =>
  new KlingError({
    reason: { _tag: "SubmissionUnknown", externalTaskId: submission.externalTaskId, detail },
    operation: submission.operation.id,
    billed: submission.operation.billed
  })
