import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Webhook } from "standardwebhooks"
import { webhookWorld } from "../testing/webhook-world.ts"

describe("an endpoint", () => {
  it.effect("has a secret that no other has, and that the ledger does not", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      const add = (name: string) => world.endpoints((endpoints) => endpoints.add({ name, url: "https://a.example" }))
      const secrets = [yield* add("a"), yield* add("b")].map(Redacted.value)
      expect(secrets[0]).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
      expect(new Set(secrets).size).toBe(2)
      expect(JSON.stringify(yield* world.endpoints(({ list }) => list))).not.toContain(secrets[0]?.slice(6))
      expect((yield* Effect.flip(add("a"))).message).toContain("there is an endpoint a")
      const without = world.endpoints((endpoints) => endpoints.add({ name: "c", url: "https://a.example" }), {
        secret: ""
      })
      expect((yield* Effect.flip(without)).message).toContain("KLINGKIT_SECRET is not set")
    })
  )

  it.effect.each([
    "http://hooks.example/",
    "https://anna:secret@hooks.example/",
    "https://10.0.0.8/",
    "https://169.254.169.254/latest/meta-data",
    "https://[fd00::1]/",
    "https://db.internal/",
    "ftp://hooks.example/",
    "hooks.example"
  ])("at %s is refused", (url) =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      const error = yield* Effect.flip(world.endpoints((endpoints) => endpoints.add({ name: "a", url })))
      expect(error.message).toMatch(/^the URL /)
      expect(error.message).not.toContain("secret")
      expect(yield* world.endpoints(({ list }) => list)).toEqual([])
    })
  )

  it.effect("is tried with a signed message, once, and says how that went", () =>
    Effect.gen(function* () {
      const world = yield* webhookWorld
      const secret = yield* world.endpoints((endpoints) => endpoints.add({ name: "a", url: "https://a.example" }))
      const test = world.endpoints((endpoints) => endpoints.test("a"))
      expect(yield* test).toEqual({ _tag: "Delivered" })
      const [first] = world.received
      const {
        "webhook-id": id = "",
        "webhook-timestamp": seconds,
        "webhook-signature": signature
      } = first?.headers ?? {}
      const official = new Webhook(Redacted.value(secret)).sign(id, new Date(Number(seconds) * 1000), first?.body ?? "")
      expect(signature).toBe(official)
      expect(JSON.parse(first?.body ?? "")).toMatchObject({ type: "endpoint.test", data: { endpoint: "a" } })
      world.answer(() => Effect.succeed("denied"))
      expect(yield* test).toEqual({ _tag: "Failed", failure: "its address points into a private network" })
      expect((yield* Effect.flip(world.endpoints((endpoints) => endpoints.test("b")))).message).toContain(
        "no endpoint b"
      )
    })
  )
})
