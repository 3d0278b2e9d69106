import { Effect } from "effect"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"

/** Starts a server of this machine for the time of a test; gives its origin. */
export const listening = (server: Server, host = "127.0.0.1") =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<string>((resolve) => {
          server.listen(0, host, () => resolve(`http://${host}:${(server.address() as AddressInfo).port}`))
        })
    ),
    () =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )
