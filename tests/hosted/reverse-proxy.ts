import { once } from "node:events"
import { createServer, type IncomingMessage, request } from "node:http"
import type { AddressInfo } from "node:net"

/**
 * A reverse proxy on this machine. `targetOf` says to which origin a request goes, or that there is none. It retries nothing: what
 * a server breaks off, its client sees broken off.
 */
export const startReverseProxy = async (targetOf: (incoming: IncomingMessage) => string | undefined) => {
  const server = createServer((incoming, outgoing) => {
    const target = targetOf(incoming)
    if (target === undefined) return void outgoing.writeHead(502).end()
    const { method = "GET", headers, url = "/" } = incoming
    const forwarded = request(new URL(url, target), { method, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      answer.once("error", () => outgoing.destroy())
    })
    forwarded.once("error", () => outgoing.destroy())
    outgoing.once("close", () => forwarded.destroy())
    incoming.pipe(forwarded)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}
