import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { emulatorHttpClient } from "./emulator-http-client.ts"
import type { Fault } from "./faults/fault-plan.ts"
import { charges, videoBody, longEnough, type Loose } from "./testing/send-request.ts"
import { KlingWorld } from "./world/kling-world.ts"

const create = Effect.fnUntraced(function* (world: KlingWorld) {
  const client = yield* HttpClient.HttpClient
  return yield* client.execute(
    HttpClientRequest.post("https://api-singapore.klingai.com/text-to-video/kling-3.0").pipe(
      HttpClientRequest.bearerToken(world.keys.apiKey),
      HttpClientRequest.bodyJsonUnsafe(videoBody("mine"))
    )
  )
})

const inWorld = <A, E>(
  fault: Fault | undefined,
  use: (world: KlingWorld) => Effect.Effect<A, E, HttpClient.HttpClient>
) => {
  const world = new KlingWorld(fault === undefined ? {} : { faults: { faults: [fault] } })
  return Effect.provide(use(world), emulatorHttpClient(world))
}

describe("an HttpClient over a world", () => {
  it.effect("reaches it under any host, on the test's clock", () =>
    inWorld(undefined, (world) =>
      Effect.gen(function* () {
        const body: Loose = yield* Effect.flatMap(create(world), ({ json }) => json)
        assert.strictEqual(body.data.status, "submitted")
        yield* TestClock.adjust(longEnough)
        assert.strictEqual((yield* charges(world)).length, 1)
      })
    )
  )

  it.effect.each(["drop", "commit-then-drop", "commit-then-rst"] as const)(
    "fails with %s like a broken connection",
    (fault) =>
      inWorld({ fault }, (world) =>
        Effect.gen(function* () {
          const { reason } = yield* Effect.flip(create(world))
          assert.strictEqual(reason._tag, "TransportError")
          assert.strictEqual(world.state.tasks.size, fault === "drop" ? 0 : 1)
        })
      )
  )

  it.effect("delivers the beginning of a truncated body", () =>
    inWorld({ fault: "commit-then-truncate", afterBytes: 8 }, (world) =>
      Effect.gen(function* () {
        const { stream } = yield* create(world)
        let received = ""
        const text = Stream.decodeText(stream).pipe(Stream.runForEach((part) => Effect.sync(() => (received += part))))
        assert.isTrue(yield* Effect.isFailure(text))
        assert.strictEqual(received, '{"code":')
      })
    )
  )

  it.effect("never completes when the response hangs, and completes late when it is slow", () =>
    Effect.gen(function* () {
      for (const [fault, after] of [
        [{ fault: "commit-then-hang" }, undefined],
        [{ fault: "slow", delayMs: 3000 }, 200]
      ] as const) {
        const fiber = yield* Effect.forkChild(inWorld(fault, create))
        yield* TestClock.adjust("2999 millis")
        assert.strictEqual(fiber.pollUnsafe(), undefined)
        yield* TestClock.adjust("1 hour")
        if (after === undefined) assert.strictEqual(fiber.pollUnsafe(), undefined)
        else assert.strictEqual((yield* Fiber.join(fiber)).status, after)
      }
    })
  )
})
