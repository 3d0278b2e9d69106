import { signCallback, stringifyJson } from "@klingkit/core/internal"
import { Effect, Redacted } from "effect"
import type { Callback } from "../callbacks/callback.ts"
import type { KlingWorld } from "../world/kling-world.ts"

const pollInterval = "20 millis"
const timeout = "5 seconds"

/** Sends callbacks as they become due while the emulator runs. Kling's retry policy is unknown: here there are no retries. */
export const sendCallbacks = Effect.fnUntraced(function* (world: KlingWorld) {
  while (true) {
    for (const callback of yield* world.takeCallbacks) yield* Effect.forkChild(send(world, callback))
    yield* Effect.sleep(pollInterval)
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
      : yield* signCallback(Redacted.make(callback.secret), { id: callback.id, timestampSeconds, body })
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
    Effect.timeout(timeout),
    Effect.catch(() => Effect.succeed("no response"))
  )
  return log(status)
})

/** Guards against SSRF: an emulator that called other machines could be used to attack them. */
const isLoopback = (url: string): boolean => {
  const parsed = URL.parse(url)
  return parsed?.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(parsed.hostname)
}
