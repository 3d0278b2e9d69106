import { type Attempted, DeniedAddress, Ledger, type Message, type NewJob } from "@klingkit/jobs/internal"
import { FileHost, LedgerSource } from "@klingkit/jobs"
import { layerSqliteMemory } from "@klingkit/jobs/sqlite"
import { ConfigProvider, Context, Effect, Layer, Queue } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import { layerDeliveries } from "../webhooks/deliveries.ts"
import { Endpoints } from "../webhooks/endpoints.ts"

/** What an endpoint got. */
export interface Received {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Reply = (received: Received) => Effect.Effect<Response | "unreachable" | "denied">

export interface Server {
  readonly secret?: string
  /** Instead of recording what became of an attempt. */
  readonly record?: Ledger["Service"]["webhooks"]["record"]
}

/** A ledger that outlives its servers, and endpoints with scripted answers. */
export const webhookWorld = Effect.gen(function* () {
  const ledger = Context.get(yield* Layer.build(layerSqliteMemory), Ledger)
  const received: Array<Received> = []
  const recorded = yield* Queue.unbounded<string>()
  let reply: Reply = () => Effect.succeed(new Response(null, { status: 204 }))

  const client = HttpClient.make((request) =>
    Effect.gen(function* () {
      const got = { url: request.url, headers: { ...request.headers }, body: textOf(request) }
      received.push(got)
      const response = yield* reply(got)
      if (response instanceof Response) return HttpClientResponse.fromWeb(request, response)
      const cause = response === "denied" ? new DeniedAddress({ reason: "PrivateNetwork" }) : new Error("refused")
      return yield* new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({ request, cause })
      })
    })
  )
  const host = Layer.mock(FileHost, { connect: () => Effect.succeed(client) })

  const layers = ({ secret = "shared", record = (...attempt) => ledger.webhooks.record(...attempt) }: Server) =>
    Layer.mergeAll(
      host,
      Layer.succeed(LedgerSource, {
        open: Effect.succeed({
          ...ledger,
          webhooks: {
            ...ledger.webhooks,
            record: (message: Message, attempted: Attempted) =>
              Effect.ensuring(record(message, attempted), Queue.offer(recorded, attempted._tag))
          }
        })
      })
    ).pipe(
      Layer.provideMerge(
        ConfigProvider.layer(ConfigProvider.fromEnv({ env: secret === "" ? {} : { KLINGKIT_SECRET: secret } }))
      )
    )

  const sendJob = Effect.fnUntraced(function* (principal: string) {
    const { handle } = (yield* ledger.createJob(newJob(principal))).job
    yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease: { owner: "test", fence: 1 } })
    return handle
  })

  return {
    ledger,
    received,
    /** Ends with the next attempt that is recorded, and says how. */
    attempted: Queue.take(recorded),
    answer: (next: Reply) => {
      reply = next
    },
    /** A server, until the scope closes. */
    start: (server: Server = {}) => Layer.build(Layer.provide(layerDeliveries, layers(server))),
    endpoints: <A, E>(use: (endpoints: Endpoints["Service"]) => Effect.Effect<A, E>, server: Server = {}) =>
      Effect.provide(Endpoints.use(use), Layer.provideMerge(Endpoints.layer, layers(server)), { local: true }),
    /** A job that has just ended, of this caller. */
    endJob: Effect.fnUntraced(function* (principal = "key:anna") {
      const handle = yield* sendJob(principal)
      yield* ledger.transition(handle, ["SENDING"], "ACCEPTED", { taskId: `task of ${handle}` })
      yield* ledger.transition(handle, ["ACCEPTED"], "SUCCEEDED", {
        outputs: [{ type: "video", url: "https://example.com/v.mp4", durationSeconds: 5 }],
        charges: [{ kind: "unit", amount: 3, pack: "video" }]
      })
      return handle
    }),
    /** A job of which it is not known whether Kling has it. */
    loseJob: Effect.fnUntraced(function* () {
      const handle = yield* sendJob("key:anna")
      yield* ledger.transition(handle, ["SENDING"], "IN_DOUBT")
      yield* ledger.transition(handle, ["IN_DOUBT"], "UNKNOWN")
      return handle
    })
  }
})

const textOf = ({ body }: HttpClientRequest.HttpClientRequest): string =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""

let minted = 0

const newJob = (principal: string): NewJob => {
  minted += 1
  return {
    handle: `kk-t2v-${String(minted).padStart(26, "0")}`,
    principal,
    account: "account-1",
    operation: "new.t2v.kling-3.0",
    family: "t2v",
    model: "kling-3.0",
    generation: "new",
    prompt: `a fox, number ${minted}`,
    input: { prompt: `a fox, number ${minted}`, duration: 5 },
    quote: { state: "exact", pack: "video", units: 3, priceUsd: 0.42, rule: "3 units" },
    lease: { owner: "test", seconds: 30 }
  }
}
