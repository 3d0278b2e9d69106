import { once } from "node:events"
import { type AddressInfo, createServer, type NetConnectOpts, connect, type Socket } from "node:net"

/** A TCP proxy that breaks connections as networks do. */
export interface FaultProxy {
  readonly port: number
  /** Ends every connection; new ones are served. */
  cut(): void
  /** Ends every connection, and new ones as soon as they come, until `restore`. */
  refuse(): void
  /** Connections stay open and carry nothing, until `restore`. */
  freeze(): void
  /** Each chunk is carried this much later, until `restore`. */
  delay(millis: number): void
  restore(): void
  close(): void
}

export const startFaultProxy = async (target: NetConnectOpts): Promise<FaultProxy> => {
  const sockets = new Set<Socket>()
  let state: "open" | "refusing" | "frozen" = "open"
  let delayMillis = 0
  const keep = (socket: Socket) => {
    sockets.add(socket.on("error", () => socket.destroy()).once("close", () => sockets.delete(socket)))
    if (state === "frozen") socket.pause()
    return socket
  }
  const carry = (from: Socket, to: Socket) => {
    from.on("data", (chunk) => {
      if (delayMillis === 0) to.write(chunk)
      else setTimeout(() => to.write(chunk), delayMillis)
    })
    from.once("close", () => (delayMillis === 0 ? to.destroySoon() : setTimeout(() => to.destroySoon(), delayMillis)))
  }
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer((client) => {
    if (state === "refusing") return void client.destroy()
    const upstream = keep(connect(target))
    carry(keep(client), upstream)
    carry(upstream, client)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    refuse: () => {
      state = "refusing"
      cut()
    },
    freeze: () => {
      state = "frozen"
      for (const socket of sockets) socket.pause()
    },
    delay: (millis) => (delayMillis = millis),
    restore: () => {
      state = "open"
      delayMillis = 0
      for (const socket of sockets) socket.resume()
    },
    close: () => {
      cut()
      server.close()
    }
  }
}
