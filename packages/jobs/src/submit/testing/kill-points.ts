import { Effect, Layer, Stream } from "effect"
import { HttpClient, type HttpClientResponse } from "effect/http"
import type { Ledger } from "../../ledger/ledger.ts"
import type { ImpatientClock } from "./impatient-clock.ts"

/** Told each point of the way to a task as it is reached: `send SENDING, before`. May not come back. */
export type Reach = (point: string) => void

/** Every call to the ledger on the way to a task, with a point before and after it. The heartbeat is on no way. */
export const ledgerWithPoints = (ledger: Ledger["Service"], clock: ImpatientClock, reach: Reach): Ledger["Service"] => {
  const at = <A, E>(name: string, call: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.sync(() => reach(`${name}, before`)).pipe(
      Effect.andThen(clock.during(call)),
      Effect.tap(() => Effect.sync(() => reach(`${name}, after`)))
    )
  return {
    ...ledger,
    begin: (intent) => at("write down", ledger.begin(intent)),
    transition: (handle, from, to, changes) => at(`become ${to}`, ledger.transition(handle, from, to, changes)),
    input: (handle) => at("read the input", ledger.input(handle)),
    claimUnfinished: (filter, request) => at("claim", ledger.claimUnfinished(filter, request)),
    unfinished: (filter) => at("list the unknown", ledger.unfinished(filter)),
    release: (handle, lease) => at("release", ledger.release(handle, lease)),
    renew: (...lease) => clock.during(ledger.renew(...lease)),
    get: (...id) => clock.during(ledger.get(...id))
  }
}

/** Every request, with a point before it, at the answer's head, at the first of its body, and at its end. */
export const httpWithPoints = (
  clock: ImpatientClock,
  reach: Reach
): Layer.Layer<HttpClient.HttpClient, never, HttpClient.HttpClient> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      HttpClient.make((request) =>
        Effect.sync(() => reach(`${request.method}, before`)).pipe(
          Effect.andThen(clock.during(client.execute(request))),
          Effect.tap(() => Effect.sync(() => reach(`${request.method}, head`))),
          Effect.map((response) => bodyWithPoints(response, clock, (part) => reach(`${request.method}, ${part}`)))
        )
      )
    )
  )

const bodyWithPoints = (
  response: HttpClientResponse.HttpClientResponse,
  clock: ImpatientClock,
  reach: Reach
): HttpClientResponse.HttpClientResponse => {
  let isBegun = false
  const stream = Stream.tap(response.stream, () =>
    Effect.sync(() => {
      if (!isBegun) reach("first of the body")
      isBegun = true
    })
  ).pipe(
    Stream.runCollect,
    clock.during,
    Effect.tap(() => Effect.sync(() => reach("end of the body")))
  )
  const whole = Stream.unwrap(Effect.map(stream, (chunks) => Stream.fromIterable(chunks)))
  return new Proxy(response, { get: (target, key) => (key === "stream" ? whole : Reflect.get(target, key, target)) })
}
