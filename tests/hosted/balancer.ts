import { once } from "node:events"
import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"

/**
 * A reverse proxy that takes its servers in turn and retries nothing: what a server breaks off, its client sees broken off. A
 * server that says that it is not ready gets no more requests.
 */
export const startBalancer = async () => {
  const targets: Array<string> = []
  let next = 0
  const server = createServer((incoming, outgoing) => {
    const target = targets[next++ % Math.max(1, targets.length)]
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
    /** The origins that requests go to from now on. */
    send: (...origins: ReadonlyArray<string>) => void targets.splice(0, targets.length, ...origins),
    add: (origin: string) => void targets.push(origin),
    /** Leaves out who is not ready. */
    check: async () => {
      const isReady = (target: string) =>
        fetch(`${target}/readyz`).then(
          ({ status }) => status === 200,
          () => false
        )
      const asked = [...targets]
      const ready = await Promise.all(asked.map(isReady))
      targets.splice(0, targets.length, ...targets.filter((target) => ready[asked.indexOf(target)] !== false))
      return [...targets]
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}
