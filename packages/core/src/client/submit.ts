import { Clock, Effect, Option, Ref, Result } from "effect"
import { KlingError } from "../errors/kling-error.ts"
import type { AnyOperation } from "../operation.ts"
import type { Task } from "../wire/task.ts"
import { saysDuplicateId } from "./known-messages.ts"

/** Longest time from the first byte of an ambiguous send to a settled outcome, its own time-out included. */
export const submitDeadlineMillis = 95_000
/** Pause between two look-ups: a slow server may file the task after its answer was lost. */
const lookAgainMillis = 10_000
const maxLooks = 4

/** A create is sent at most this often, always under the same external id. */
const maxSends = 2

/** Told before each step that a crash could interrupt. */
export interface SubmitJournal {
  /** Before a send leaves: from here on the task may exist. When it fails, nothing is sent. */
  readonly sending: Effect.Effect<void, KlingError>
  /** An answer was lost: the task is being looked for. */
  readonly inDoubt: Effect.Effect<void>
}

interface Submission {
  readonly operation: Pick<AnyOperation, "id" | "billed">
  readonly externalTaskId: string
  /** Sends the create, always with the same external id. */
  readonly send: Effect.Effect<Task, KlingError>
  /** Sends again, after a pause, while Kling has certainly not accepted the request. */
  readonly whileNotAccepted: (send: Effect.Effect<Task, KlingError>) => Effect.Effect<Task, KlingError>
  /** Looks the task up by its external id; nothing when it is not there. */
  readonly lookUp: Effect.Effect<Option.Option<Task>, KlingError>
  readonly journal: SubmitJournal
  /** Sends that an earlier run may have made under this id: with any, the task is looked for before anything leaves. */
  readonly earlierSends: number
}

/**
 * Creates a paid task at most once. When the answer is ambiguous the task is looked up by its external id, twice and
 * some seconds apart; only if both say that it is absent does the same request go out once more, under the same id,
 * which Kling refuses if the first one arrived after all. What cannot be settled is `SubmissionUnknown`.
 */
export const submitOnce = (submission: Submission): Effect.Effect<Task, KlingError> =>
  submission.earlierSends === 0
    ? firstSend(submission)
    : settledWithin(submitDeadlineMillis, submission, recover(submission))

const settledWithin = (
  millis: number,
  submission: Submission,
  settle: Effect.Effect<Task, KlingError>
): Effect.Effect<Task, KlingError> =>
  settle.pipe(
    Effect.timeoutOrElse({
      duration: millis,
      orElse: () => Effect.fail(unknown(submission, `not settled within ${submitDeadlineMillis / 1000} s`))
    })
  )

const firstSend = Effect.fnUntraced(function* (submission: Submission) {
  yield* submission.journal.sending
  // The time spent on refusals does not count: only the last send can be ambiguous.
  const sentAt = yield* Ref.make(0)
  const noting = Effect.flatMap(Clock.currentTimeMillis, (now) => Ref.set(sentAt, now))
  const sent = yield* Effect.result(submission.whileNotAccepted(Effect.andThen(noting, submission.send)))
  if (Result.isSuccess(sent)) return sent.success
  const failure = sent.failure
  const verdict = judge(failure)
  if (verdict === "refused") return yield* failure
  yield* submission.journal.inDoubt
  const spent = (yield* Clock.currentTimeMillis) - (yield* Ref.get(sentAt))
  return yield* settledWithin(submitDeadlineMillis - spent, submission, settle(submission, failure, verdict))
})

const settle = Effect.fnUntraced(function* (
  submission: Submission,
  failure: KlingError,
  verdict: "ambiguous" | "settled"
) {
  const found = yield* search(submission)
  if (found._tag === "found") return found.task
  // A refusal as duplicate, or a code nobody knows, is an answer: repeating the question cannot help.
  if (found._tag === "unseen" || verdict !== "ambiguous") return yield* unknown(submission, failure.message)
  return yield* resend(submission, failure.message)
})

const recover = Effect.fnUntraced(function* (submission: Submission) {
  const found = yield* search(submission)
  if (found._tag === "found") return found.task
  const before = "an earlier run ended before the answer came"
  if (found._tag === "unseen" || submission.earlierSends >= maxSends) return yield* unknown(submission, before)
  return yield* resend(submission, before)
})

const resend = Effect.fnUntraced(function* (submission: Submission, before: string) {
  // One send has left already: that this one could not be recorded says nothing about it.
  yield* submission.journal.sending.pipe(Effect.mapError((error) => unknown(submission, `${before}; ${error.message}`)))
  const again = yield* Effect.result(submission.whileNotAccepted(submission.send))
  if (Result.isSuccess(again)) return again.success
  yield* submission.journal.inDoubt
  const found = yield* search(submission)
  return found._tag === "found" ? found.task : yield* unknown(submission, `${before}; then: ${again.failure.message}`)
})

/** `refused`: no task exists. `ambiguous`: it may. `settled`: Kling has spoken, a repeat would say the same. */
const judge = (error: KlingError): "refused" | "ambiguous" | "settled" => {
  if (saysDuplicateId(error)) return "settled"
  if (!error.mayHaveArrived) return "refused"
  return error.reason._tag === "UnknownCode" ? "settled" : "ambiguous"
}

type Search =
  | { readonly _tag: "found"; readonly task: Task }
  | { readonly _tag: "absent" }
  | { readonly _tag: "unseen" }

/** Looks until the task is found or two looks have said that it is absent; a look that fails says nothing. */
const search = Effect.fnUntraced(function* (submission: Submission): Effect.fn.Return<Search> {
  let absences = 0
  for (let look = 0; look < maxLooks; look++) {
    if (look > 0) yield* Effect.sleep(lookAgainMillis)
    const seen = yield* Effect.result(submission.lookUp)
    if (Result.isFailure(seen)) continue
    if (Option.isSome(seen.success)) return { _tag: "found", task: seen.success.value }
    absences += 1
    if (absences === 2) return { _tag: "absent" }
  }
  return { _tag: "unseen" }
})

const unknown = (submission: Submission, detail: string): KlingError =>
  new KlingError({
    reason: { _tag: "SubmissionUnknown", externalTaskId: submission.externalTaskId, detail },
    operation: submission.operation.id,
    billed: submission.operation.billed
  })
