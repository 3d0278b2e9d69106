import { type AnyOperation, type CandidateTask, findOperation, Kling, KlingError, type Task } from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import { Clock, Context, Data, Effect, Layer, Stream } from "effect"
import type { JobRecord, Lease } from "../ledger/job-record.ts"
import { Ledger } from "../ledger/ledger.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import { createdWindow, mayAlsoBeTaskOf, mayBeTaskOf, rivalWindow } from "./fitting-tasks.ts"

/** What Kling's list says about a request whose response was lost. */
export type Settlement = Data.TaggedEnum<{
  /** Exactly one task can be its, and no other request's: the job has it now. */
  Adopted: { readonly record: JobRecord; readonly task: Task }
  /** Not decided. With `candidates`, which may be none, time will not decide it either: the user is asked. */
  Open: { readonly candidates?: ReadonlyArray<CandidateTask> }
}>
export const Settlement = Data.taggedEnum<Settlement>()

/** What the user says about a request whose outcome is unknown: which task it made, or that it made none. */
export type Resolution = { readonly taskId: string } | { readonly notMade: true }

/** Tasks at Kling whose job does not know them, because the response to its request was lost. */
export class Orphans extends Context.Service<
  Orphans,
  {
    /**
     * Looks for the task of a job in Kling's list, and lets the job adopt it if it is the only one. An operation that is
     * found by its external id is only looked for: its lookup decides.
     */
    settle(record: JobRecord, lease?: Lease): Effect.Effect<Settlement, KlingError | LedgerError>
    /** Ends the uncertainty about an `UNKNOWN` job by the user's word. */
    resolve(record: JobRecord, resolution: Resolution): Effect.Effect<JobRecord, KlingError | LedgerError>
  }
>()("@klingkit/jobs/Orphans") {
  static readonly layer: Layer.Layer<Orphans, never, Kling | Ledger> = Layer.effect(
    Orphans,
    Effect.suspend(() => make)
  )
}

/** Until then after the send, Kling's list may lack the task and show another program's: nothing is decided by it. */
export const settlesAfterMillis = 20_000
/** A list that does not show the task by then will not: the user is asked. */
const asksAfterMillis = 600_000

/** The most that a list shows at once. */
const pageSize = 500

const make = Effect.gen(function* () {
  const kling = yield* Kling
  const ledger = yield* Ledger

  /** Tasks that may be the job's: its own already, another program having adopted it, or no job has it. */
  const fitting = Effect.fnUntraced(function* (record: JobRecord, operation: AnyOperation, sentAt: number) {
    const { from: startTime, until: endTime } = createdWindow(sentAt)
    const listed = yield* Stream.runCollect(kling.tasks({ operation, startTime, endTime, pageSize }))
    const fits = listed.filter((task) => mayBeTaskOf(record, task))
    // In this order, no request of this ledger that made one of these tasks is missed: it is in doubt, or has its task.
    const inDoubt = fits.length === 0 ? [] : yield* ledger.inDoubt(record.account, rivalWindow(sentAt))
    const owners = yield* ledger.takenTasks(fits.map(({ id }) => id))
    const rivals = inDoubt.filter(({ handle }) => handle !== record.handle)
    const candidates = fits.filter(({ id }) => !owners.has(id))
    return {
      owned: fits.find(({ id }) => owners.get(id) === record.handle),
      candidates,
      certain: candidates.find(({ externalId }) => externalId === record.handle),
      unrivalled: candidates.filter((task) => !rivals.some((rival) => mayAlsoBeTaskOf(rival, operation, task)))
    }
  })

  const settle = Effect.fn("Orphans.settle")(function* (
    record: JobRecord,
    lease?: Lease
  ): Effect.fn.Return<Settlement, KlingError | LedgerError> {
    const { handle, principal, sentAt } = record
    const operation = findOperation(record.operation)
    if (sentAt === undefined || operation?.listed !== true) return Settlement.Open({ candidates: [] })
    const { owned, candidates, certain, unrivalled } = yield* fitting(record, operation, sentAt)
    if (owned !== undefined) return Settlement.Adopted({ record: yield* ledger.get(handle, principal), task: owned })
    const age = (yield* Clock.currentTimeMillis) - sentAt
    const isGuessable = operation.findableByExternalId !== "proven" && age >= settlesAfterMillis
    const only = isGuessable && candidates.length === 1 ? unrivalled[0] : undefined
    const task = certain ?? only
    if (task !== undefined) {
      const adopted = ledger.adoptTask(handle, task.id, lease).pipe(
        // Another program was faster.
        Effect.catchReason("LedgerError", "StateConflict", () => ledger.get(handle, principal))
      )
      return Settlement.Adopted({ record: yield* adopted, task })
    }
    return age < (candidates.length === 0 ? asksAfterMillis : settlesAfterMillis)
      ? Settlement.Open({})
      : Settlement.Open({ candidates: candidates.map(candidateOf) })
  })

  const resolve = Effect.fn("Orphans.resolve")(function* (
    { handle, state }: JobRecord,
    resolution: Resolution
  ): Effect.fn.Return<JobRecord, KlingError | LedgerError> {
    const wanted = "taskId" in resolution ? "ACCEPTED" : "REFUSED"
    if (state !== "UNKNOWN") return yield* ledgerError({ _tag: "StateConflict", handle, wanted, found: state })
    if (!("taskId" in resolution)) return yield* ledger.transition(handle, ["UNKNOWN"], wanted, { message: notMade })
    const task = yield* kling.task(resolution.taskId)
    if (task.externalId !== undefined && task.externalId !== handle) {
      return yield* invalidInput([{ field: "taskId", message: `is the task of another request, ${task.externalId}` }])
    }
    return yield* ledger.adoptTask(handle, task.id)
  })

  return Orphans.of({ settle, resolve })
})

const notMade = "declared as not made by the user; its price is no longer reserved"

const candidateOf = ({ id, status, statusWord, createdAt }: Task): CandidateTask => ({
  taskId: id,
  status: statusWord ?? status,
  ...(createdAt === undefined ? {} : { createdAt })
})

/** The error of a job whose outcome is unknown, with the tasks among which the user has to choose, if it has come to that. */
export const unknownOutcome = (
  { handle, operation, message }: Pick<JobRecord, "handle" | "operation" | "message">,
  { candidates }: Extract<Settlement, { readonly _tag: "Open" }>
): KlingError =>
  new KlingError({
    reason: {
      _tag: "SubmissionUnknown",
      externalTaskId: handle,
      detail: message ?? "its answer was lost",
      ...(candidates === undefined ? {} : { candidates })
    },
    operation,
    billed: true
  })
