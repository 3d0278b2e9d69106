import { Effect } from "effect"
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import type { Socket } from "node:net"

/** Every address that this process tries to connect to until the test ends, after name resolution. */
export const watchSockets = Effect.gen(function* () {
  const addresses: Array<string> = []
  const onSocket = (message: unknown) => {
    const { socket } = message as { readonly socket: Socket }
    socket.on("connectionAttempt", (address: string) => addresses.push(address))
  }
  yield* Effect.acquireRelease(
    Effect.sync(() => subscribe("net.client.socket", onSocket)),
    () => Effect.sync(() => unsubscribe("net.client.socket", onSocket))
  )
  return addresses
})
