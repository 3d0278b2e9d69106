import { describe, expect, it } from "@effect/vitest"
import { LedgerError } from "@klingkit/jobs"
import { Deferred, Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { Webhook } from "standardwebhooks"
import { type Received, webhookWorld } from "../testing/webhook-world.ts"

const hooks = { name: "hooks", url: "https://hooks.example/klingkit" }
const status =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    Effect.succeed(new Response("what it says is its own", { status: code, headers }))

/** Whether the official library would have signed it so. */
const isSigned = ({ headers, body }: Received, secret: string): boolean => {
  const { "webhook-id": id = "", "webhook-timestamp": seconds, "webhook-signature": signature } = headers
  return new Webhook(secret).sign(id, new Date(Number(seconds) * 1000), body) === signature
}

describe("a message about an ended job", () => {
  it.effect("is what wait_for_task shows, signed for its endpoint, and sent once", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      const secret = Redacted.value(yield* world.endpoints((endpoints) => endpoints.add(hooks)))
      const handle = yield* world.endJob()
      yield* world.start()
      yield* world.start()
      expect(yield* world.attempted).toBe("Delivered")
      yield* TestClock.adjust("10 minutes")
      expect(world.received).toHaveLength(1)
      const [first] = world.received
      expect(first?.url).toBe(hooks.url)
      expect(first?.headers["content-type"]).toBe("application/json")
      expect(first !== undefined && isSigned(first, secret)).toBe(true)
      expect(JSON.parse(first?.body ?? "")).toMatchObject({
        type: "job.succeeded",
        timestamp: expect.stringMatching(/Z$/),
        data: {
          task_id: handle,
          kling_task_id: `task of ${handle}`,
          status: "succeed",
          caller: "key:anna",
          outputs: [{ type: "video", url: "https://example.com/v.mp4", duration_seconds: 5 }]
        }
      })
    })
  )

  it.effect("of another caller is not for an endpoint of one", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      yield* world.endpoints((endpoints) => endpoints.add({ ...hooks, caller: "key:anna" }))
      yield* world.endJob("key:bert")
      const handle = yield* world.endJob("key:anna")
      yield* world.start()
      yield* world.attempted
      yield* TestClock.adjust("1 minute")
      expect(world.received.map(({ body }) => JSON.parse(body).data.task_id)).toEqual([handle])
    })
  )

  it.effect("is sent again for 72 hours under one id, then given up, and sent anew by a replay", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      yield* world.endpoints((endpoints) => endpoints.add(hooks))
      yield* world.endJob()
      world.answer(() => Effect.succeed("unreachable"))
      const outcomes: Array<string> = []
      // Each attempt is made by another process: the schedule is in the ledger.
      for (const pause of ["0 seconds", "6 seconds", "6 minutes", "33 minutes", ...Array(8).fill("26 hours")]) {
        yield* TestClock.adjust(pause)
        yield* Effect.scoped(Effect.andThen(world.start(), world.attempted)).pipe(
          Effect.tap((outcome) => Effect.sync(() => outcomes.push(outcome)))
        )
        if (outcomes.at(-1) === "GivenUp") break
      }
      expect(outcomes).toEqual([...Array(6).fill("Failed"), "GivenUp"])
      expect(new Set(world.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1)
      expect(yield* world.endpoints(({ list }) => list)).toMatchObject([
        { pending: 0, givenUp: 1, lastFailure: "it could not be reached" }
      ])
      world.answer(status(200))
      expect(yield* world.endpoints((endpoints) => endpoints.replay("hooks", { since: 0 }))).toBe(1)
      yield* world.start()
      expect(yield* world.attempted).toBe("Delivered")
      expect(new Set(world.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1)
    })
  )

  it.effect("waits as long as the endpoint asks, with all others for it", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      yield* world.endpoints((endpoints) => endpoints.add(hooks))
      yield* world.endJob()
      world.answer(status(429, { "retry-after": "90" }))
      yield* world.start()
      expect(yield* world.attempted).toBe("Failed")
      world.answer(status(200))
      yield* world.endJob()
      yield* TestClock.adjust("89 seconds")
      expect(world.received).toHaveLength(1)
      yield* TestClock.adjust("2 seconds")
      expect([yield* world.attempted, yield* world.attempted]).toEqual(["Delivered", "Delivered"])
    })
  )

  it.effect.each([301, 400, 404, 500])("is not delivered by HTTP %d, and a redirect is not followed", (code) =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      yield* world.endpoints((endpoints) => endpoints.add(hooks))
      yield* world.endJob()
      world.answer(status(code, { location: "https://other.example/" }))
      yield* world.start()
      expect(yield* world.attempted).toBe("Failed")
      expect(world.received).toHaveLength(1)
      const [endpoint] = yield* world.endpoints(({ list }) => list)
      expect(endpoint).toMatchObject({ pending: 1, lastFailure: `HTTP ${code}` })
    })
  )

  it.effect("is the last one for an endpoint that is gone", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      yield* world.endpoints((endpoints) => endpoints.add(hooks))
      for (let count = 0; count < 9; count += 1) yield* world.endJob()
      world.answer(status(410))
      yield* world.start()
      expect(yield* world.attempted).toBe("Gone")
      yield* world.endJob()
      yield* TestClock.adjust("1 hour")
      // Those that were on their way together.
      expect(world.received).toHaveLength(4)
      expect(yield* world.endpoints(({ list }) => list)).toMatchObject([{ disabledAt: expect.any(Number), givenUp: 4 }])
    })
  )

  it.effect("that no longer stands is not sent: only how the job has ended in the end", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      yield* world.endpoints((endpoints) => endpoints.add(hooks))
      const handle = yield* world.loseJob()
      yield* world.ledger.adoptTask(handle, "found")
      yield* world.ledger.transition(handle, ["ACCEPTED"], "FAILED", { message: "no such element" })
      yield* world.start()
      expect([yield* world.attempted, yield* world.attempted].toSorted()).toEqual(["Delivered", "Outdated"])
      expect(world.received.map(({ body }) => JSON.parse(body).type)).toEqual(["job.failed"])
      const unknown = yield* world.loseJob()
      yield* TestClock.adjust("2 seconds")
      expect(yield* world.attempted).toBe("Delivered")
      expect(JSON.parse(world.received.at(-1)?.body ?? "")).toMatchObject({
        type: "job.unresolved",
        data: { task_id: unknown, status: "unknown" }
      })
    })
  )

  it.effect("to an endpoint that does not answer does not delay those to others", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      for (const name of ["slow", "quick"]) {
        yield* world.endpoints((endpoints) => endpoints.add({ name, url: `https://${name}.example` }))
      }
      for (let count = 0; count < 6; count += 1) yield* world.endJob()
      world.answer(({ url }) => (url.includes("slow") ? Effect.never : Effect.succeed(new Response())))
      yield* world.start()
      for (let count = 0; count < 6; count += 1) expect(yield* world.attempted).toBe("Delivered")
      expect(world.received.filter(({ url }) => url.includes("slow"))).toHaveLength(4)
      yield* TestClock.adjust("15 seconds")
      for (let count = 0; count < 4; count += 1) expect(yield* world.attempted).toBe("Failed")
      expect((yield* world.endpoints(({ list }) => list)).find(({ name }) => name === "slow")).toMatchObject({
        lastFailure: "no answer within 15 s"
      })
    })
  )
})

describe("a server that is killed", () => {
  it.effect("before it has sent a message leaves that to the next", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      yield* world.endpoints((endpoints) => endpoints.add(hooks))
      yield* world.endJob()
      const [endpoint] = yield* world.ledger.webhooks.active
      // It has claimed the message, and nothing else.
      yield* world.ledger.webhooks.claim(endpoint?.id ?? "", { limit: 1, leaseMillis: 60_000 })
      yield* world.start()
      yield* TestClock.adjust("59 seconds")
      expect(world.received).toHaveLength(0)
      yield* TestClock.adjust("2 seconds")
      expect(yield* world.attempted).toBe("Delivered")
    })
  )

  it.effect("before it has recorded that a message was taken has it sent twice, under one id", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      yield* world.endpoints((endpoints) => endpoints.add(hooks))
      yield* world.endJob()
      const record = () =>
        Effect.fail(new LedgerError({ reason: { _tag: "NotFound", id: "its ledger" }, beforeSending: false }))
      yield* Effect.scoped(Effect.andThen(world.start({ record }), world.attempted))
      expect(world.received).toHaveLength(1)
      yield* world.start()
      yield* TestClock.adjust("61 seconds")
      expect(yield* world.attempted).toBe("Delivered")
      yield* TestClock.adjust("1 hour")
      expect(world.received).toHaveLength(2)
      expect(new Set(world.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1)
    })
  )

  it.effect("orderly gives what it was sending back at once", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      yield* world.endpoints((endpoints) => endpoints.add(hooks))
      yield* world.endJob()
      const reached = yield* Deferred.make<void>()
      world.answer(() => Effect.andThen(Deferred.succeed(reached, undefined), Effect.never))
      yield* Effect.scoped(Effect.andThen(world.start(), Deferred.await(reached)))
      expect(yield* world.attempted).toBe("Failed")
      world.answer(status(200))
      yield* world.start()
      expect(yield* world.attempted).toBe("Delivered")
    })
  )
})

describe("a server", () => {
  it.effect("signs nothing with another secret than that of the endpoint", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      yield* world.endpoints((endpoints) => endpoints.add(hooks))
      yield* world.endJob()
      yield* world.start({ secret: "another" })
      expect(yield* world.attempted).toBe("Failed")
      expect(world.received).toHaveLength(0)
      const [endpoint] = yield* world.endpoints(({ list }) => list)
      expect(endpoint?.lastFailure).toContain("KLINGKIT_SECRET is not the one")
    })
  )

  it.effect("sends the others when the sending of one breaks", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      yield* world.endpoints((endpoints) => endpoints.add(hooks))
      const broken = yield* world.endJob()
      for (let count = 0; count < 3; count += 1) yield* world.endJob()
      world.answer(({ body }) =>
        body.includes(broken) ? Effect.die(new Error("a mistake")) : Effect.succeed(new Response())
      )
      yield* world.start()
      const attempts = [yield* world.attempted, yield* world.attempted, yield* world.attempted, yield* world.attempted]
      expect(attempts.toSorted()).toEqual(["Delivered", "Delivered", "Delivered", "Failed"])
    })
  )
})
