import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http"
import { createServer as createTlsServer } from "node:https"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import type { CaseId } from "../cases.ts"
import type { Certificate } from "./certificate.ts"
import type { Protocol } from "./protocol.ts"
import type { Service } from "./service.ts"

/** A loopback server that speaks `protocol`, counts the jobs it commits and loses responses as the case requires. */
export const startCountingServer = async (
  caseId: CaseId,
  protocol: Protocol,
  certificate?: Certificate
): Promise<Service> => {
  let commits = 0
  let faultOccurred = false
  let origin = ""
  const ids: Array<string> = []

  const create = (request: IncomingMessage, body: string, response: ServerResponse): void => {
    ids.push(idOf(request, body))
    const injectFault =
      caseId === "no-balance" || caseId === "lost-always" || (caseId !== "status-503" && !faultOccurred)
    if (caseId !== "no-balance") commits++
    if (!injectFault) return respond(response, 200, protocol.accepted(`job-${commits}`, origin))
    faultOccurred = true
    if (caseId === "no-balance") respond(response, 429, protocol.noBalance)
    else if (caseId === "page-502") response.writeHead(502, { "content-type": "text/html" }).end(gatewayPage)
    else response.socket?.destroy()
  }

  const read = (path: string, response: ServerResponse): void => {
    if (caseId !== "status-503" || faultOccurred) {
      return respond(response, 200, protocol.done(/job-\d+/.exec(path)?.[0] ?? "", path, origin))
    }
    faultOccurred = true
    respond(response, 503, { message: "Service Unavailable" })
  }

  const listener: RequestListener = (request, response) => {
    // The whole request is read first, so that it has definitely arrived.
    void text(request).then((body) => {
      const { pathname } = new URL(request.url ?? "/", origin)
      const isCreate = request.method === "POST" && protocol.createPath.test(pathname)
      return isCreate ? create(request, body, response) : read(pathname, response)
    })
  }
  const server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener)
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const { port } = server.address() as AddressInfo
  origin = `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}`
  return {
    url: origin,
    env: certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificate.path },
    count: () => Promise.resolve({ commits, creates: ids.length, ids, faultOccurred }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

const gatewayPage = "<html><h1>502 Bad Gateway</h1></html>"

const respond = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}

/** The id by which a server could recognize a repeated create, with its value. */
const idOf = ({ headers }: IncomingMessage, body: string): string => {
  const header = Object.entries(headers).find(([name]) => name.includes("idempotency"))
  if (header !== undefined) return `${header[0]}: ${String(header[1])}`
  if (headers["content-type"]?.startsWith("application/json") !== true) return ""
  const sent = JSON.parse(body) as Readonly<Record<string, unknown>>
  return "external_task_id" in sent ? `external_task_id: ${String(sent["external_task_id"])}` : ""
}
