import { FileHost, type LedgerError, type LedgerSource } from "@klingkit/jobs"
import {
  type Attempted,
  type Endpoint,
  lazyLedger,
  Ledger,
  type Message,
  recordedJob,
  sha256Hex
} from "@klingkit/jobs/internal"
import { Clock, Effect, FiberMap, Layer, Random, Redacted } from "effect"
import type { HttpClient } from "effect/http"
import { nextAttemptAt } from "./attempt-schedule.ts"
import { endpointPolicy } from "./endpoint-policy.ts"
import { otherSecret } from "./endpoints.ts"
import { endingOf, messageBody } from "./message-body.ts"
import { type Answer, sendMessage } from "./send-message.ts"
import { webhookSecret } from "./webhook-secret.ts"

/** How often the ledger is asked for messages: jobs end in other processes too. */
const pauseMillis = 1000
const failedPauseMillis = 10_000
/** At a time, to one endpoint. Endpoints do not wait for one another. */
const atATime = 4
/** Longer than an attempt takes: then the process that has claimed the message is gone. */
const leaseMillis = 60_000

/** Sends messages about ended jobs to endpoints, as long as the layer lives. Nothing is done without `KLINGKIT_SECRET`, which signs. */
export const layerDeliveries: Layer.Layer<never, never, LedgerSource | FileHost> = Layer.effectDiscard(
  Effect.gen(function* () {
    if ((yield* webhookSecret("")) === undefined) return
    const { webhooks } = yield* Ledger
    const client = yield* FileHost.use(({ connect }) => Effect.flatMap(endpointPolicy, connect))
    const workers = yield* FiberMap.make<string>()
    const run = (key: string, work: Effect.Effect<void, never, Ledger>) =>
      FiberMap.run(workers, key, work, { onlyIfMissing: true })
    const turn = Effect.gen(function* () {
      const endpoints = yield* webhooks.active
      for (const endpoint of endpoints) yield* run(endpoint.id, deliverTo(endpoint, client))
      return pauseMillis
    })
    yield* turn.pipe(
      Effect.catch((error) => Effect.as(Effect.logWarning(`webhooks: ${error.message}`), failedPauseMillis)),
      Effect.flatMap((millis) => Effect.sleep(millis)),
      Effect.forever,
      Effect.forkScoped
    )
  })
).pipe(Layer.provide(lazyLedger))

/** Sends all that is due to an endpoint. */
const deliverTo = (endpoint: Endpoint, client: HttpClient.HttpClient): Effect.Effect<void, never, Ledger> =>
  Effect.gen(function* () {
    const { webhooks } = yield* Ledger
    const messages = yield* webhooks.claim(endpoint.id, { limit: atATime, leaseMillis })
    // What could not be recorded is due again later.
    const send = (message: Message) => reporting(endpoint, deliver(endpoint, message, client))
    yield* Effect.forEach(messages, send, { concurrency: "unbounded", discard: true })
    return messages.length
  }).pipe(Effect.repeat({ while: (sent) => sent > 0 }), Effect.asVoid, (work) => reporting(endpoint, work))

const reporting = <R>({ name }: Endpoint, work: Effect.Effect<void, LedgerError, R>): Effect.Effect<void, never, R> =>
  work.pipe(Effect.catch((error) => Effect.logWarning(`webhooks to ${name}: ${error.message}`)))

const deliver = Effect.fnUntraced(function* (
  endpoint: Endpoint,
  message: Message,
  client: HttpClient.HttpClient
): Effect.fn.Return<void, LedgerError, Ledger> {
  const { webhooks } = yield* Ledger
  const stopped = Effect.flatMap(Clock.currentTimeMillis, (nextAt) =>
    Effect.ignore(webhooks.record(message, { _tag: "Failed", failure: "the server stopped", nextAt }))
  )
  const attempted = yield* attempt(endpoint, message, client).pipe(
    Effect.catchReason("LedgerError", "Quarantined", () =>
      Effect.succeed<Attempted>({ _tag: "GivenUp", failure: "the ledger's row of the job cannot be read" })
    ),
    Effect.onInterrupt(() => stopped)
  )
  yield* webhooks.record(message, attempted)
  if (attempted._tag === "GivenUp" || attempted._tag === "Gone") {
    yield* Effect.logWarning(`webhook ${message.id} to ${endpoint.name} is given up: ${attempted.failure}`)
  }
})

const notMade: Answer = { _tag: "Failed", failure: "the message could not be made; the server's log says why" }

const attempt = Effect.fnUntraced(function* (
  endpoint: Endpoint,
  message: Message,
  client: HttpClient.HttpClient
): Effect.fn.Return<Attempted, LedgerError, Ledger> {
  const { webhooks } = yield* Ledger
  const job = yield* recordedJob(message.handle, message.principal)
  if (job === undefined || endingOf(job) !== message.ending) return { _tag: "Outdated" }
  const secret = yield* webhookSecret(endpoint.id)
  const isSame = secret !== undefined && (yield* sha256Hex(Redacted.value(secret))) === endpoint.secretHash
  const answer: Answer = isSame
    ? yield* Effect.suspend(() =>
        sendMessage(client, { url: endpoint.url, secret }, { id: message.id, body: messageBody(message, job) })
      ).pipe(
        // One that cannot be made, by a mistake of ours, must not keep the others.
        Effect.catchDefect((defect) =>
          Effect.as(Effect.logError(`webhook ${message.id} to ${endpoint.name}`, defect), notMade)
        )
      )
    : { _tag: "Failed", failure: otherSecret }
  if (answer._tag !== "Failed") return answer
  const { failure, retryAfterMillis } = answer
  const now = yield* Clock.currentTimeMillis
  const nextAt = nextAttemptAt(message, {
    now,
    random: yield* Random.next,
    ...(retryAfterMillis === undefined ? {} : { retryAfterMillis })
  })
  // What it asks for concerns all that it would get.
  if (retryAfterMillis !== undefined) yield* webhooks.postpone(endpoint.id, now + retryAfterMillis)
  return nextAt === undefined ? { _tag: "GivenUp", failure } : { _tag: "Failed", failure, nextAt }
})
