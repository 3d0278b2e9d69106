import { FileHost, type LedgerError, type LedgerSource } from "@klingkit/jobs"
import {
  DeniedAddress,
  denyUrl,
  type EndpointReport,
  lazyLedger,
  Ledger,
  type Replayed,
  sha256Hex
} from "@klingkit/jobs/internal"
import { Clock, Context, Data, Effect, Layer, Redacted } from "effect"
import { randomToken } from "../random-token.ts"
import { endpointPolicy } from "./endpoint-policy.ts"
import { testBody } from "./message-body.ts"
import { type Answer, sendMessage } from "./send-message.ts"
import { webhookSecret } from "./webhook-secret.ts"

/** An endpoint that cannot be added or tried. Nothing has changed. */
export class EndpointRefused extends Data.TaggedError("EndpointRefused")<{ readonly message: string }> {}

export interface NewEndpoint {
  readonly name: string
  readonly url: string
  /** Whose jobs it hears of; of all when absent. */
  readonly caller?: string
}

/** The programs that are notified when jobs end. */
export class Endpoints extends Context.Service<
  Endpoints,
  {
    /** Adds an endpoint; returns the secret that signs its messages. */
    add(endpoint: NewEndpoint): Effect.Effect<Redacted.Redacted, EndpointRefused | LedgerError>
    readonly list: Effect.Effect<ReadonlyArray<EndpointReport>, LedgerError>
    /** With its messages. False if there is none of this name. */
    remove(name: string): Effect.Effect<boolean, LedgerError>
    /** Has messages sent again, and the endpoint enabled. Returns how many; nothing if there is no such endpoint. */
    replay(name: string, which: Replayed): Effect.Effect<number | undefined, LedgerError>
    /** Sends a message of the type `endpoint.test` now, once. */
    test(name: string): Effect.Effect<Answer, EndpointRefused | LedgerError>
  }
>()("@klingkit/hosting/Endpoints") {
  static readonly layer: Layer.Layer<Endpoints, never, LedgerSource | FileHost> = Layer.effect(
    Endpoints,
    Effect.gen(function* () {
      const { webhooks } = yield* Ledger
      const host = yield* FileHost
      const policy = yield* endpointPolicy
      return {
        add: Effect.fnUntraced(function* ({ name, url, caller }) {
          const reason = denyUrl(url, policy)
          if (reason !== undefined) return yield* refused(`the URL ${new DeniedAddress({ reason }).message}`)
          const id = yield* randomToken
          const secret = yield* secretOf(id)
          const isNew = yield* webhooks.add({
            id,
            name,
            url,
            secretHash: yield* sha256Hex(Redacted.value(secret)),
            ...(caller === undefined ? {} : { principal: caller })
          })
          return isNew
            ? secret
            : yield* refused(`there is an endpoint ${name}; remove it first, or choose another name`)
        }),
        list: webhooks.report,
        remove: (name) => webhooks.remove(name),
        replay: (name, which) => webhooks.replay(name, which),
        test: Effect.fnUntraced(function* (name) {
          const endpoint = yield* webhooks.find(name)
          if (endpoint === undefined) return yield* refused(`there is no endpoint ${name}`)
          const secret = yield* secretOf(endpoint.id)
          if ((yield* sha256Hex(Redacted.value(secret))) !== endpoint.secretHash) return yield* refused(otherSecret)
          const message = { id: `msg_${yield* randomToken}`, body: testBody(name, yield* Clock.currentTimeMillis) }
          const send = (client: Parameters<typeof sendMessage>[0]) =>
            sendMessage(client, { url: endpoint.url, secret }, message)
          return yield* Effect.scoped(Effect.flatMap(host.connect(policy), send))
        })
      }
    })
  ).pipe(Layer.provide(lazyLedger))
}

/** Messages that are signed with another secret than the endpoint has would be refused, one by one. */
export const otherSecret = "KLINGKIT_SECRET is not the one with which the endpoint was added"

const refused = (message: string) => Effect.fail(new EndpointRefused({ message }))

const secretOf = (endpointId: string) =>
  Effect.flatMap(webhookSecret(endpointId), (secret) =>
    secret === undefined
      ? refused("KLINGKIT_SECRET is not set: the secrets of endpoints are derived from it; use that of the server")
      : Effect.succeed(secret)
  )
