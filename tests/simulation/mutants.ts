import { Kling } from "@klingkit/core"
import type { JobRecord, JobState } from "@klingkit/jobs"
import type { JobChanges, Ledger } from "@klingkit/jobs/internal"
import { Context, Effect, Layer } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"

type KlingLayer = ReturnType<typeof Kling.layer>

/** The product with one safeguard disabled from outside. */
export interface Mutant {
  readonly kling: (kling: KlingLayer) => KlingLayer
  /** It writes rows directly, which needs a ledger file. */
  readonly writesRows?: boolean
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

/** By the disabled safeguard. */
export const mutants: Readonly<Record<string, Mutant>> = {
  "durable before send": durableBeforeSend,
  "look-up before re-send": lookUpBeforeResend,
  "same id on re-send": sameIdOnResend,
  "conditional transition": conditionalTransition,
  "single flight": singleFlight,
  "acknowledged handle": acknowledgedHandle,
  lease
}
