import { Effect, Layer, Stream } from "effect"
import { HttpClient, type HttpClientResponse } from "effect/http"
import type { Ledger } from "../../ledger/ledger.ts"
import type { ImpatientClock } from "./impatient-clock.ts"

/** Told each point of the way to a task as it is reached: `become SENDING, before 1`. */
export interface Way {
  /** Does not come back when the program dies here. */
  readonly reach: (point: string) => Effect.Effect<void>
  /** Never comes back once it is dead. */
  readonly alive: Effect.Effect<void>
}

/** A way that counts how often each point is reached, and ends at the one named, if any. */
export const wayTo = (diesAt: string | undefined, onPoint: (point: string) => void, onDeath: () => void): Way => {
  const reached = new Map<string, number>()
  let isDead = false
  const alive = Effect.suspend(() => (isDead ? Effect.never : Effect.void))
  const reach = (name: string) =>
    Effect.sync(() => {
      if (isDead) return
      const times = (reached.get(name) ?? 0) + 1
      reached.set(name, times)
      const point = `${name} ${times}`
      onPoint(point)
      if (point !== diesAt) return
      isDead = true
      onDeath()
    })
  return { alive, reach: (name) => Effect.andThen(reach(name), alive) }
}

/** Every call to the ledger on the way to a task, with a point before and after it. The heartbeat is on no way. */
export const ledgerWithPoints = (
  ledger: Ledger["Service"],
  clock: ImpatientClock,
  { reach, alive }: Way
): Ledger["Service"] => {
  const at = <A, E>(name: string, call: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    reach(`${name}, before`).pipe(
      Effect.andThen(clock.during(call)),
      Effect.tap(() => reach(`${name}, after`))
    )
  return {
    ...ledger,
    begin: (intent) => at("write down", ledger.begin(intent)),
    transition: (handle, from, to, changes) => at(`become ${to}`, ledger.transition(handle, from, to, changes)),
    input: (handle) => at("read the input", ledger.input(handle)),
    claimUnfinished: (filter, request) => at("claim", ledger.claimUnfinished(filter, request)),
    unfinished: (filter) => at("list the unknown", ledger.unfinished(filter)),
    release: (handle, lease) => at("release", ledger.release(handle, lease)),
    renew: (...lease) => Effect.andThen(alive, clock.during(ledger.renew(...lease))),
    lane: (...lane) => clock.during(ledger.lane(...lane)),
    claimLooks: (...looks) => clock.during(ledger.claimLooks(...looks)),
    get: (...id) => clock.during(ledger.get(...id)),
    chains: {
      ...ledger.chains,
      begin: (intent) => at("write the chain down", ledger.chains.begin(intent)),
      end: (chain, state, message) => at(`end as ${state}`, ledger.chains.end(chain, state, message)),
      find: (intent) => clock.during(ledger.chains.find(intent)),
      get: (...id) => clock.during(ledger.chains.get(...id)),
      jobs: (handle) => Effect.andThen(alive, clock.during(ledger.chains.jobs(handle)))
    }
  }
}

/** Every request, with a point before it, at the answer's head, at the first of its body, and at its end. */
export const httpWithPoints = (
  clock: ImpatientClock,
  { reach }: Way
): Layer.Layer<HttpClient.HttpClient, never, HttpClient.HttpClient> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      HttpClient.make((request) =>
        reach(`${request.method}, before`).pipe(
          Effect.andThen(clock.during(client.execute(request))),
          Effect.tap(() => reach(`${request.method}, head`)),
          Effect.map((response) => bodyWithPoints(response, clock, (part) => reach(`${request.method}, ${part}`)))
        )
      )
    )
  )

const bodyWithPoints = (
  response: HttpClientResponse.HttpClientResponse,
  clock: ImpatientClock,
  reach: Way["reach"]
): HttpClientResponse.HttpClientResponse => {
  let isBegun = false
  const stream = Stream.tap(response.stream, () =>
    Effect.suspend(() => {
      if (isBegun) return Effect.void
      isBegun = true
      return reach("first of the body")
    })
  ).pipe(
    Stream.runCollect,
    (collected) => clock.during(collected),
    Effect.tap(() => reach("end of the body"))
  )
  const whole = Stream.unwrap(Effect.map(stream, (chunks) => Stream.fromIterable(chunks)))
  return new Proxy(response, { get: (target, key) => (key === "stream" ? whole : Reflect.get(target, key, target)) })
}
