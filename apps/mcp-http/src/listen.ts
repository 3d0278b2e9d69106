import type { Server } from "node:http"
import type { AddressInfo } from "node:net"

export interface Address {
  readonly host: string
  readonly port: number
  /** What chooses it. */
  readonly setting: string
}

/** Resolves with the origin that was found; rejects with what to do when the address cannot be had. */
export const listen = (server: Server, address: Address): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(new Error(cannotListen(error, address))))
    server.listen(address.port, address.host, () => resolve(originOf(server)))
  })

const originOf = (server: Server): string => {
  const { address, port, family } = server.address() as AddressInfo
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`
}

const cannotListen = (error: NodeJS.ErrnoException, { host, port, setting }: Address): string =>
  error.code === "EADDRINUSE"
    ? `port ${port} on ${host} is in use; stop the other process, or choose another port with ${setting} (0 for any free port)`
    : `cannot listen on ${host}:${port} (${error.code ?? error.message})`
