import { Effect } from "effect"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"

/** Starts a local server for the duration of a test; returns its origin. */
export const listenScoped = (server: Server, host = "127.0.0.1") =>
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
