import type { SignedCallback } from "@klingkit/core"
import type { KlingWorld } from "@klingkit/emulator"
import { Clock, Effect, Redacted } from "effect"
import { Base64 } from "effect/encoding"

type Received = Omit<SignedCallback, "nowMs">

/** A callback about a task, signed with `secret` like Kling does (Kling docs, callbacks), and verified with that of the world. */
export const signedCallback = Effect.fnUntraced(function* (
  world: KlingWorld,
  body: unknown,
  { secret = world.keys.webhookSecret, id = "1" }: { readonly secret?: string; readonly id?: string } = {}
): Effect.fn.Return<Received> {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const seconds = String(Math.floor((yield* Clock.currentTimeMillis) / 1000))
  const signature = yield* Effect.promise(async () => {
    const bytes = Uint8Array.from(atob(secret.replace("whsec_", "")), (letter) => letter.charCodeAt(0))
    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
    return crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${id}.${seconds}.${text}`))
  })
  return {
    secrets: [Redacted.make(world.keys.webhookSecret)],
    headers: {
      "webhook-id": id,
      "webhook-timestamp": seconds,
      "webhook-signature": `v1,${Base64.encode(new Uint8Array(signature))}`
    },
    body: text
  }
})

/** Delivers every pending callback of the world to `receive` within a tenth of a second, until interrupted. */
export const deliverCallbacks = <E>(world: KlingWorld, receive: (callback: Received) => Effect.Effect<unknown, E>) =>
  Effect.gen(function* () {
    for (const { id, body, secret } of yield* world.takeCallbacks) {
      if (secret === undefined) continue
      yield* Effect.ignore(Effect.flatMap(signedCallback(world, body, { id, secret }), receive))
    }
    yield* Effect.sleep("100 millis")
  }).pipe(Effect.forever)
