import { Effect, Layer, Stream } from "effect"
import { HttpClient, type HttpClientResponse } from "effect/http"
import { noEvidence } from "../../ledger/account-relation.ts"
import type { Ledger } from "../../ledger/ledger.ts"
import type { FastForwardClock } from "./fast-forward-clock.ts"

/** The points at which a program may crash: `become SENDING, before 1`. */
export interface CrashPoints {
  /** Never returns if the program crashes at this point. */
  readonly pass: (point: string) => Effect.Effect<void>
  /** Never returns after the crash. */
  readonly alive: Effect.Effect<void>
  readonly hasCrashed: () => boolean
}

/** Counts how often each point is passed, and crashes at `crashAt`, if given. */
export const makeCrashPoints = (
  crashAt?: string,
  onPoint: (point: string) => void = () => {},
  onCrash: () => void = () => {}
): CrashPoints => {
  const passed = new Map<string, number>()
  let hasCrashed = false
  const alive = Effect.suspend(() => (hasCrashed ? Effect.never : Effect.void))
  const pass = (name: string) =>
    Effect.sync(() => {
      if (hasCrashed) return
      const times = (passed.get(name) ?? 0) + 1
      passed.set(name, times)
      const point = `${name} ${times}`
      onPoint(point)
      if (point !== crashAt) return
      hasCrashed = true
      onCrash()
    })
  return { alive, hasCrashed: () => hasCrashed, pass: (name) => Effect.andThen(pass(name), alive) }
}

/** A crash point before and after every call to the ledger that a submission makes; none around lease renewals. */
export const ledgerWithPoints = (
  ledger: Ledger["Service"],
  clock: FastForwardClock,
  { pass, alive }: CrashPoints
): Ledger["Service"] => {
  const at = <A, E>(name: string, call: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    pass(`${name}, before`).pipe(
      Effect.andThen(clock.during(call)),
      Effect.tap(() => pass(`${name}, after`))
    )
  return {
    ...ledger,
    createJob: (newJob) => at("create", ledger.createJob(newJob)),
    transition: (handle, from, to, changes) => at(`become ${to}`, ledger.transition(handle, from, to, changes)),
    input: (handle) => at("read the input", ledger.input(handle)),
    claimUnfinished: (filter, request) => at("claim", ledger.claimUnfinished(filter, request)),
    unfinished: (filter) => at("list the unknown", ledger.unfinished(filter)),
    release: (handle, lease) => at("release", ledger.release(handle, lease)),
    // The account is known: Kling is not asked for what identifies it.
    credential: (credential) =>
      Effect.map(clock.currentTimeMillis, (checkedAt) => {
        const packs = ["pack-1"]
        return { credential, account: credential, packs, checkedAt, evidence: { ...noEvidence, packs } }
      }),
    accountRelation: (...credentials) => clock.during(ledger.accountRelation(...credentials)),
    adoptTask: (...adoption) => at("adopt", ledger.adoptTask(...adoption)),
    inDoubt: (...sent) => clock.during(ledger.inDoubt(...sent)),
    takenTasks: (taskIds) => clock.during(ledger.takenTasks(taskIds)),
    renew: (...lease) => Effect.andThen(alive, clock.during(ledger.renew(...lease))),
    nextRecoveryAt: (filter) => Effect.andThen(alive, clock.during(ledger.nextRecoveryAt(filter))),
    claim: (...claim) => clock.during(ledger.claim(...claim)),
    claimRecheck: (...recheck) => clock.during(ledger.claimRecheck(...recheck)),
    dueRechecks: (...due) => clock.during(ledger.dueRechecks(...due)),
    addLateResults: (...results) => clock.during(ledger.addLateResults(...results)),
    recordCharge: (...charge) => clock.during(ledger.recordCharge(...charge)),
    markAcknowledged: (handle) => clock.during(ledger.markAcknowledged(handle)),
    markQueued: (...lease) => clock.during(ledger.markQueued(...lease)),
    list: (filter) => clock.during(ledger.list(filter)),
    daySpend: (...scope) => clock.during(ledger.daySpend(...scope)),
    hasOthers: (credential) => clock.during(ledger.hasOthers(credential)),
    registerAccount: (facts) => clock.during(ledger.registerAccount(facts)),
    purgeBefore: (time) => clock.during(ledger.purgeBefore(time)),
    queue: (...key) => clock.during(ledger.queue(...key)),
    claimPolls: (...polls) => clock.during(ledger.claimPolls(...polls)),
    get: (...id) => clock.during(ledger.get(...id)),
    pipelines: {
      ...ledger.pipelines,
      create: (newPipeline) => at("create the pipeline", ledger.pipelines.create(newPipeline)),
      end: (pipeline, state, message) => at(`end as ${state}`, ledger.pipelines.end(pipeline, state, message)),
      findSteps: (...search) => clock.during(ledger.pipelines.findSteps(...search)),
      find: (newPipeline) => clock.during(ledger.pipelines.find(newPipeline)),
      get: (...id) => clock.during(ledger.pipelines.get(...id)),
      jobs: (handle) => Effect.andThen(alive, clock.during(ledger.pipelines.jobs(handle)))
    }
  }
}

/** Crash points around every request: before it, at the response's head, at the first part of its body, and at its end. */
export const httpWithPoints = (
  clock: FastForwardClock,
  { pass }: CrashPoints
): Layer.Layer<HttpClient.HttpClient, never, HttpClient.HttpClient> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      HttpClient.make((request) =>
        pass(`${request.method}, before`).pipe(
          Effect.andThen(clock.during(client.execute(request))),
          Effect.tap(() => pass(`${request.method}, head`)),
          Effect.map((response) => bodyWithPoints(response, clock, (part) => pass(`${request.method}, ${part}`)))
        )
      )
    )
  )

const bodyWithPoints = (
  response: HttpClientResponse.HttpClientResponse,
  clock: FastForwardClock,
  pass: CrashPoints["pass"]
): HttpClientResponse.HttpClientResponse => {
  let hasStarted = false
  const stream = Stream.tap(response.stream, () =>
    Effect.suspend(() => {
      if (hasStarted) return Effect.void
      hasStarted = true
      return pass("first of the body")
    })
  ).pipe(
    Stream.runCollect,
    (collected) => clock.during(collected),
    Effect.tap(() => pass("end of the body"))
  )
  const whole = Stream.unwrap(Effect.map(stream, (chunks) => Stream.fromIterable(chunks)))
  return new Proxy(response, { get: (target, key) => (key === "stream" ? whole : Reflect.get(target, key, target)) })
}
