import { Kling } from "@klingkit/core"
import type { JobRecord, JobState } from "@klingkit/jobs"
import type { JobChanges, Ledger } from "@klingkit/jobs/internal"
import { Clock, Context, Effect, Layer } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"

type KlingLayer = ReturnType<typeof Kling.layer>

/** The product with one safeguard disabled from outside. */
export interface Mutant {
  readonly kling: (kling: KlingLayer) => KlingLayer
  /** It writes rows directly, which needs a ledger file. */
  readonly writesRows?: boolean
  /** Programs open the ledger under another path than the one that is exchanged. */
  readonly watchesOtherPath?: boolean
  /** Processes cannot tell that their clock was set. */
  readonly jumpsUnnoticed?: boolean
  /** Created for every start of a process. */
  readonly ledger: (
    ledger: Ledger["Service"],
    overwrite: (handle: string, state: JobState) => Effect.Effect<void>,
    expireLeases: Effect.Effect<void>
  ) => Ledger["Service"]
}

export const unchanged: Mutant = { kling: (kling) => kling, ledger: (ledger) => ledger }

/** The intent to send is persisted only together with its outcome. */
const durableBeforeSend: Mutant = {
  ...unchanged,
  ledger: (ledger) => {
    const deferred = new Map<string, Effect.Effect<unknown, unknown>>()
    return {
      ...ledger,
      transition: (handle, from, to, changes) =>
        Effect.suspend(() => {
          if (to === "SENDING") {
            deferred.set(handle, ledger.transition(handle, from, to, changes))
            return Effect.map(ledger.get(handle), (record): JobRecord => ({ ...record, state: "SENDING" }))
          }
          const first = deferred.get(handle) ?? Effect.void
          deferred.delete(handle)
          return Effect.andThen(Effect.ignore(first), ledger.transition(handle, from, to, changes))
        })
    }
  }
}

/** The lookup before a re-send always finds nothing; other lookups work. */
const lookUpBeforeResend: Mutant = {
  ...unchanged,
  kling: (kling) =>
    Layer.effect(
      Kling,
      Effect.gen(function* () {
        const intact = Context.get(yield* Layer.build(kling), Kling)
        const client = yield* HttpClient.HttpClient
        const emptyList = JSON.stringify({ code: 0, message: "SUCCEED", request_id: "none", data: [] })
        const emptyLookups = HttpClient.make((request) =>
          request.method === "GET"
            ? Effect.succeed(HttpClientResponse.fromWeb(request, new Response(emptyList)))
            : client.execute(request)
        )
        const context = yield* Layer.build(Layer.provide(kling, Layer.succeed(HttpClient.HttpClient, emptyLookups)))
        const blinded = Context.get(context, Kling)
        return { ...intact, submit: (...request) => blinded.submit(...request) }
      })
    )
}

/** A re-send uses another external id. */
const sameIdOnResend: Mutant = {
  ...unchanged,
  kling: (kling) =>
    Layer.provide(
      kling,
      Layer.effect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, (client) => {
          const sends = new Map<string, number>()
          return HttpClient.mapRequest(client, (request) => {
            const { body } = request
            if (body._tag !== "Uint8Array") return request
            const text = new TextDecoder().decode(body.body)
            const id = /kk-[a-z0-9]+-[0-9a-z]{26}/.exec(text)?.[0] ?? ""
            const before = sends.get(id) ?? 0
            sends.set(id, before + 1)
            return before === 0
              ? request
              : HttpClientRequest.bodyText(request, text.replace(id, `${id}-${before}`), "application/json")
          })
        })
      )
    )
}

/** State transitions are written unconditionally. */
const conditionalTransition: Mutant = {
  ...unchanged,
  writesRows: true,
  ledger: (ledger, overwrite) => ({
    ...ledger,
    transition: (handle, from, to, changes) =>
      ledger
        .transition(handle, from, to, changes)
        .pipe(Effect.catch(() => Effect.andThen(overwrite(handle, to), ledger.get(handle))))
  })
}

/** A duplicate request becomes another job. */
const singleFlight: Mutant = {
  ...unchanged,
  ledger: (ledger) => ({
    ...ledger,
    createJob: (newJob) => ledger.createJob({ ...newJob, idempotencyKey: newJob.handle, allowDuplicate: true })
  })
}

/** Recovery ignores leases held by other processes. */
const lease: Mutant = {
  ...unchanged,
  writesRows: true,
  ledger: (ledger, _, expireLeases) => {
    const current = (handle: string, changes: JobChanges = {}) =>
      Effect.map(ledger.get(handle), ({ lease }) => (lease === undefined ? changes : { ...changes, lease }))
    return {
      ...ledger,
      nextRecoveryAt: () => Effect.succeed(0),
      claimUnfinished: (filter, request) => Effect.andThen(expireLeases, ledger.claimUnfinished(filter, request)),
      transition: (handle, from, to, changes) =>
        Effect.flatMap(current(handle, changes), (now) => ledger.transition(handle, from, to, now))
    }
  }
}

/** Acknowledged handles are not persisted. */
const acknowledgedHandle: Mutant = {
  ...unchanged,
  ledger: (ledger) => ({ ...ledger, markAcknowledged: () => Effect.void })
}

/** Each key is taken for an account of its own, whatever packs Kling names. */
const accountByPacks: Mutant = {
  ...unchanged,
  ledger: (ledger) => ({
    ...ledger,
    registerAccount: (facts) => ledger.registerAccount({ ...facts, packs: [facts.credential] })
  })
}

/** What is asked for again with a key that may be of the same account is paid without a question. */
const unknownAccount: Mutant = {
  ...unchanged,
  ledger: (ledger) => ({
    ...ledger,
    createJob: (newJob) =>
      Effect.catchReason(ledger.createJob(newJob), "LedgerError", "AccountUnknown", () =>
        ledger.createJob({ ...newJob, idempotencyKey: newJob.handle })
      )
  })
}

/** A request without an external id is sent again when its answer was lost. */
const oneSendWithoutId: Mutant = {
  ...unchanged,
  kling: (kling) =>
    Layer.effect(
      Kling,
      Effect.map(Layer.build(kling), (context) => {
        const intact = Context.get(context, Kling)
        return {
          ...intact,
          submit: (operation, input, options) =>
            Effect.catchIf(
              intact.submit(operation, input, options),
              (error) => error.mayHaveExecuted && operation.findableByExternalId === "no",
              () => intact.submit(operation, input)
            )
        }
      })
    )
}

/** A task that no list shows is taken for one that does not exist. */
const unlistedIsOpen: Mutant = {
  ...unchanged,
  ledger: (ledger) => ({
    ...ledger,
    transition: (handle, from, to, changes) =>
      to === "UNKNOWN"
        ? Effect.andThen(
            ledger.transition(handle, from, to, changes),
            ledger.transition(handle, ["UNKNOWN"], "REFUSED", changes)
          )
        : ledger.transition(handle, from, to, changes)
  })
}

/** A job may adopt a task that another job has. */
const oneJobPerTask: Mutant = {
  ...unchanged,
  ledger: (ledger) => ({
    ...ledger,
    takenTasks: () => Effect.succeed(new Map<string, string>()),
    adoptTask: (handle, taskId) => ledger.transition(handle, ["IN_DOUBT", "UNKNOWN"], "ACCEPTED", { taskId })
  })
}

/** Adopting a task disregards the other requests that may have made it. */
const rivals: Mutant = { ...unchanged, ledger: (ledger) => ({ ...ledger, inDoubt: () => Effect.succeed([]) }) }

/** A task that Kling does not show yet is taken for lost, although Kling has accepted it. */
const notVisibleYet: Mutant = {
  ...unchanged,
  ledger: (ledger) => ({
    ...ledger,
    get: (...id) => Effect.map(ledger.get(...id), (record) => ({ ...record, updatedAt: 0 }))
  })
}

/** A key answers for a request that was never made. */
const refusedFreesKey: Mutant = {
  ...unchanged,
  ledger: (ledger) => ({
    ...ledger,
    createJob: (newJob) =>
      Effect.gen(function* () {
        const { jobs } = yield* ledger.list({ limit: 100 })
        const job = jobs.find(({ prompt, state }) => prompt === newJob.prompt && state === "REFUSED")
        return job === undefined ? yield* ledger.createJob(newJob) : { job, isNew: false }
      })
  })
}

/** An identical request is the same job for two minutes, whether that has ended or not. */
const sameUntilEnded: Mutant = {
  ...unchanged,
  ledger: (ledger) => ({
    ...ledger,
    createJob: (newJob) =>
      Effect.gen(function* () {
        const since = (yield* Clock.currentTimeMillis) - 120_000
        const { jobs } = yield* ledger.list({ limit: 100 })
        const isOld = jobs.some(({ prompt, createdAt }) => prompt === newJob.prompt && createdAt < since)
        return yield* ledger.createJob({ ...newJob, ...(isOld ? { allowDuplicate: true } : {}) })
      })
  })
}

/** A job does not answer for an identical request once it has ended. */
const answersAfterEnd: Mutant = {
  ...unchanged,
  ledger: (ledger) => ({ ...ledger, createJob: (newJob) => ledger.createJob({ ...newJob, dedupeWindowSeconds: 0 }) })
}

/** "The next take" is another one each time, whether the last has ended or not. */
const oneNextTake: Mutant = {
  ...unchanged,
  ledger: (ledger) => ({
    ...ledger,
    createJob: (newJob) =>
      ledger.createJob(newJob.allowDuplicate === true ? { ...newJob, idempotencyKey: newJob.handle } : newJob)
  })
}

/** Leases are believed although the clock was set. */
const clockJump: Mutant = { ...unchanged, jumpsUnnoticed: true }

/** No process notices that the file of the ledger is gone. */
const ledgerInPlace: Mutant = { ...unchanged, watchesOtherPath: true }

/** By the disabled safeguard. */
export const mutants: Readonly<Record<string, Mutant>> = {
  "durable before send": durableBeforeSend,
  "look-up before re-send": lookUpBeforeResend,
  "same id on re-send": sameIdOnResend,
  "conditional transition": conditionalTransition,
  "single flight": singleFlight,
  "acknowledged handle": acknowledgedHandle,
  lease,
  "account by its packs": accountByPacks,
  "unknown account is asked about": unknownAccount,
  "one send without an id": oneSendWithoutId,
  "unlisted is not absent": unlistedIsOpen,
  "one job per task": oneJobPerTask,
  "rivals of an orphan": rivals,
  "accepted is not absent": notVisibleYet,
  "refused frees its key": refusedFreesKey,
  "same until it has ended": sameUntilEnded,
  "same after it has ended": answersAfterEnd,
  "one next take": oneNextTake,
  "clock jumps": clockJump,
  "ledger in place": ledgerInPlace
}
