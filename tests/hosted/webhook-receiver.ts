import { once } from "node:events"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { Webhook } from "standardwebhooks"

/** A message that the official library has verified. */
export interface Verified {
  readonly id: string
  readonly path: string
  readonly payload: unknown
}

/** A program of the team that takes messages, at one address, whether it is there or away. */
export const startReceiver = async () => {
  const received: Array<Verified> = []
  const secrets = new Map<string, string>()
  let server: Server | undefined
  let port = 0
  const open = async () => {
    server = createServer((request, response) => {
      const { url: path = "" } = request
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)])
        )
        try {
          const payload = new Webhook(secrets.get(path) ?? "").verify(Buffer.concat(chunks), headers)
          received.push({ id: headers["webhook-id"] ?? "", path, payload })
          response.writeHead(204).end()
        } catch {
          response.writeHead(401).end()
        }
      })
    })
    server.listen(port, "127.0.0.1")
    await once(server, "listening")
    port = (server.address() as AddressInfo).port
  }
  const close = async () => {
    const closed = server === undefined ? Promise.resolve() : once(server, "close")
    server?.close()
    server?.closeAllConnections()
    await closed
  }
  await open()
  return {
    received,
    address: (path: string) => `http://127.0.0.1:${port}${path}`,
    /** What is sent to a path is signed with this secret. */
    trust: (path: string, secret: string) => void secrets.set(path, secret),
    goAway: close,
    comeBack: open,
    close
  }
}
