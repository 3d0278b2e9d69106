import { stringifyJson } from "@klingkit/core"
import { Effect } from "effect"
import type { Callback } from "../callbacks/callback.ts"
import { signCallback } from "../callbacks/sign-callback.ts"
import type { KlingWorld } from "../world/kling-world.ts"

const lookEvery = "20 millis"
const patience = "5 seconds"

/** Sends callbacks as they fall due, for as long as the emulator runs. How Kling repeats one that failed is not known: here never. */
export const sendCallbacks = Effect.fnUntraced(function* (world: KlingWorld) {
  while (true) {
    for (const callback of yield* world.takeCallbacks) yield* Effect.forkChild(send(world, callback))
    yield* Effect.sleep(lookEvery)
  }
})

const send = Effect.fnUntraced(function* (world: KlingWorld, callback: Callback) {
  const log = (outcome: string) =>
    world.state.callbacks.push({ at: callback.at, id: callback.id, url: callback.url, outcome })
  if (!isLoopback(callback.url)) return log("not sent: the emulator calls loopback addresses only")
  const body = stringifyJson(callback.body)
  const timestampSeconds = Math.floor((yield* world.now) / 1000)
  const signature =
    callback.secret === undefined
      ? {}
      : yield* signCallback(callback.secret, { id: callback.id, timestampSeconds, body })
  const status = yield* Effect.tryPromise((signal) =>
    fetch(callback.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...signature },
      body,
      redirect: "manual",
      signal
    })
  ).pipe(
    Effect.map((response) => `HTTP ${response.status}`),
    Effect.timeout(patience),
    Effect.catch(() => Effect.succeed("no answer"))
  )
  return log(status)
})

/** An emulator that called other machines could be used to call anybody. */
const isLoopback = (url: string): boolean => {
  const parsed = URL.parse(url)
  return parsed?.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(parsed.hostname)
}
