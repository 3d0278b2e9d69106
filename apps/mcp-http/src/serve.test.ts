import { once } from "node:events"
import { type AddressInfo, connect } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import { documentRoute } from "./routes/documents.ts"
import { healthRoutes } from "./routes/health.ts"
import { mcpRoutes } from "./routes/mcp.ts"
import { readBody } from "./read-body.ts"
import { respond, type Route } from "./route.ts"
import { makeHttpApp } from "./serve.ts"

const mcp = mcpRoutes(
  () => Promise.resolve({ status: 401, headers: { "www-authenticate": "Bearer" }, message: "who calls?" }),
  () => expect.fail("nobody was let in"),
  (line) => expect.fail(line)
)
const readRoute = (path: string): Route => ({
  path,
  serve: async (request, response) => {
    const body = await readBody(request, 10)
    respond(response, 200, { bytes: body?.length })
  }
})
const app = makeHttpApp({
  guard: { hosts: new Set(), origins: new Set() },
  routes: [
    ...mcp.routes,
    ...healthRoutes({
      health: () => Promise.resolve("no progress: recovery"),
      readiness: () => Promise.resolve("the ledger is locked")
    }),
    documentRoute("/.well-known/x", { resource: "x" }),
    readRoute("/read"),
    { ...readRoute("/patient"), maxBytes: 5, requestMillis: 60_000 }
  ],
  limits: { requestMillis: 50, connections: 2 }
})
const listening = once(app.server.listen(0, "127.0.0.1"), "listening")
const address = async () => {
  await listening
  return app.server.address() as AddressInfo
}
const get = async (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${(await address()).port}${path}`, init)
const open = async () => connect((await address()).port, "127.0.0.1")

describe("the HTTP app", () => {
  afterEach(() => app.server.closeAllConnections())

  it("refuses who is not let in before it reads what they send", async () => {
    const answer = await get("/mcp", { method: "POST", body: "{" })
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"])
    expect(await answer.json()).toEqual({ error: "who calls?" })
  })

  it("tells what it is not ready for, and shows documents to everyone", async () => {
    const healthy = await get("/healthz")
    expect([healthy.status, await healthy.json()]).toEqual([503, { error: "no progress: recovery" }])
    const ready = await get("/readyz")
    expect([ready.status, await ready.json()]).toEqual([503, { error: "the ledger is locked" }])
    expect(await (await get("/.well-known/x")).json()).toEqual({ resource: "x" })
  })

  it("ends a connection whose request does not come to an end", async () => {
    const socket = await open()
    let answer = ""
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text))
    socket.write("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-")
    await once(socket, "close")
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  })

  it("gives a request its time, to some routes more than to others", async () => {
    const post = async (path: string) => {
      const socket = await open()
      const closed = once(socket, "close")
      let answer = ""
      socket.setEncoding("utf8").on("data", (text: string) => (answer += text))
      socket.write(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nConnection: close\r\n\r\nab`)
      return { socket, closed, answer: () => answer }
    }
    const patient = await post("/patient")
    const late = await post("/read")
    await late.closed
    expect(late.answer()).toMatch(/^HTTP\/1\.1 408 /)
    patient.socket.write("cde")
    await patient.closed
    expect(patient.answer()).toContain('{"bytes":5}')
    expect((await get("/patient", { method: "POST", body: "abcdef" })).status).toBe(413)
  })

  it("has no room for more connections than its limit", async () => {
    const held = await Promise.all([open(), open()])
    await Promise.all(held.map((socket) => once(socket, "connect")))
    const third = await open()
    await once(third, "close")
    expect(third.bytesRead).toBe(0)
    for (const socket of held) socket.destroy()
  })
})
