import { Kling } from "@klingkit/core"
import type { JobChanges, JobRecord, JobState, Ledger } from "@klingkit/jobs"
import { Context, Effect, Layer } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"

type KlingLayer = ReturnType<typeof Kling.layerHttp>

/** A product with one of its safeguards switched off, from the outside. */
export interface Mutant {
  readonly kling: (kling: KlingLayer) => KlingLayer
  /** It changes rows past the ledger, which takes a file. */
  readonly writesRows?: boolean
  /** Made anew for every start of a program. */
  readonly ledger: (
    ledger: Ledger["Service"],
    overwrite: (handle: string, state: JobState) => Effect.Effect<void>,
    freeLeases: Effect.Effect<void>
  ) => Ledger["Service"]
}

export const unchanged: Mutant = { kling: (kling) => kling, ledger: (ledger) => ledger }

/** That a send is about to leave is written down only together with what came of it. */
const durableBeforeSend: Mutant = {
  ...unchanged,
  ledger: (ledger) => {
    const owed = new Map<string, Effect.Effect<unknown, unknown>>()
    return {
      ...ledger,
      transition: (handle, from, to, changes) =>
        Effect.suspend(() => {
          if (to === "SENDING") {
            owed.set(handle, ledger.transition(handle, from, to, changes))
            return Effect.map(ledger.get(handle), (record): JobRecord => ({ ...record, state: "SENDING" }))
          }
          const first = owed.get(handle) ?? Effect.void
          owed.delete(handle)
          return Effect.andThen(Effect.ignore(first), ledger.transition(handle, from, to, changes))
        })
    }
  }
}

/** Whoever submits takes it for absent without looking; a task is found everywhere else. */
const lookUpBeforeResend: Mutant = {
  ...unchanged,
  kling: (kling) =>
    Layer.effect(
      Kling,
      Effect.gen(function* () {
        const sighted = Context.get(yield* Layer.build(kling), Kling)
        const client = yield* HttpClient.HttpClient
        const nothing = JSON.stringify({ code: 0, message: "SUCCEED", request_id: "none", data: [] })
        const blind = HttpClient.make((request) =>
          request.method === "GET"
            ? Effect.succeed(HttpClientResponse.fromWeb(request, new Response(nothing)))
            : client.execute(request)
        )
        const built = yield* Layer.build(Layer.provide(kling, Layer.succeed(HttpClient.HttpClient, blind)))
        const unseeing = Context.get(built, Kling)
        return { ...sighted, submit: (...request) => unseeing.submit(...request) }
      })
    )
}

/** What is sent again goes out under another id. */
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

/** The steps of a job are written whatever is there. */
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

/** The same request, asked for again, is another job. */
const singleFlight: Mutant = {
  ...unchanged,
  ledger: (ledger) => ({
    ...ledger,
    begin: (intent) => ledger.begin({ ...intent, idempotencyKey: intent.handle, allowRepeat: true })
  })
}

/** Whoever looks for work takes what others are at work on. */
const lease: Mutant = {
  ...unchanged,
  writesRows: true,
  ledger: (ledger, _, freeLeases) => {
    const current = (handle: string, changes: JobChanges = {}) =>
      Effect.map(ledger.get(handle), ({ lease }) => (lease === undefined ? changes : { ...changes, lease }))
    return {
      ...ledger,
      claimUnfinished: (filter, request) => Effect.andThen(freeLeases, ledger.claimUnfinished(filter, request)),
      transition: (handle, from, to, changes) =>
        Effect.flatMap(current(handle, changes), (now) => ledger.transition(handle, from, to, now))
    }
  }
}

/** That somebody was given a request's handle is not written down. */
const promise: Mutant = { ...unchanged, ledger: (ledger) => ({ ...ledger, markPromised: () => Effect.void }) }

/** By the safeguard that is missing. */
export const mutants: Readonly<Record<string, Mutant>> = {
  "durable before send": durableBeforeSend,
  "look-up before re-send": lookUpBeforeResend,
  "same id on re-send": sameIdOnResend,
  "conditional transition": conditionalTransition,
  "single flight": singleFlight,
  promise,
  lease
}
