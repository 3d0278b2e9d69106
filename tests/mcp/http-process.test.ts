import { type IncomingHttpHeaders, request } from "node:http"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshKling } from "./emulated-kling.ts"
import { start, startHttp } from "./server-process.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let server: Awaited<ReturnType<typeof startHttp>>

beforeAll(async () => {
  kling = await freshKling()
  server = await startHttp({
    ...kling.env,
    KLINGKIT_ALLOWED_HOSTS: "kling.team.example",
    KLINGKIT_ALLOWED_ORIGINS: "https://app.example, https://other.example:8443, vscode-webview://*"
  })
})
afterAll(async () => {
  server.program.child.kill("SIGKILL")
  await kling.close()
})

const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" })
const json = { "content-type": "application/json", accept: "application/json, text/event-stream" }

interface Asked {
  readonly status: number
  readonly text: string
  readonly headers: IncomingHttpHeaders
}

/** One request with exactly these headers, `Host` among them, which fetch would not allow. */
const ask = (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body = "") =>
  new Promise<Asked>((resolve, reject) => {
    const outgoing = request(new URL(path, server.origin), { method, headers }, (response) => {
      let text = ""
      response
        .setEncoding("utf8")
        .on("data", (chunk: string) => (text += chunk))
        .on("end", () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }))
    })
    outgoing.on("error", reject).end(body)
  })

describe("the HTTP server", () => {
  it("serves a health check, MCP at one path, and nothing else", async () => {
    expect(await ask("GET", "/healthz")).toMatchObject({ status: 200, text: '{"status":"ok"}' })
    expect((await ask("POST", "/mcp", json, ping)).text).toContain('"generate_video"')
    for (const path of ["/", "/mcp/x", "/mcp//", "/sse", "/healthz/x"])
      expect((await ask("GET", path)).status).toBe(404)
    for (const method of ["GET", "DELETE"]) expect((await ask(method, "/mcp", json)).status).toBe(405)
  })

  it.each([
    ["http://evil.example", 403],
    ["null", 403],
    ["https://app.example.evil.example", 403],
    ["http://app.example", 403],
    ["https://other.example", 403],
    ["file:///etc/passwd", 403],
    ["https://app.example", 200],
    ["https://other.example:8443", 200],
    ["vscode-webview://1c0f1qvlo3", 200],
    ["http://localhost:6274", 200],
    ["http://127.0.0.1", 200]
  ])("with the Origin %s answers %i", async (origin, status) => {
    expect((await ask("POST", "/mcp", { ...json, origin }, ping)).status).toBe(status)
    expect((await ask("GET", "/healthz", { origin })).status).toBe(status)
  })

  it.each([
    ["evil.example", 403],
    ["evil.example:8787", 403],
    ["localhost.evil.example", 403],
    ["127.0.0.1@evil.example", 403],
    ["169.254.169.254", 403],
    ["kling.team.example", 200],
    ["KLING.team.example:443", 200],
    ["localhost:8787", 200],
    ["[::1]:8787", 200]
  ])("with the Host %s answers %i", async (host, status) => {
    expect((await ask("POST", "/mcp", { ...json, host }, ping)).status).toBe(status)
  })

  const listTools = { jsonrpc: "2.0", id: 1, method: "tools/list" }
  const modern = {
    ...listTools,
    params: {
      _meta: {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1" },
        "io.modelcontextprotocol/clientCapabilities": {}
      }
    }
  }
  const modernHeaders = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" }
  it.each([
    [undefined, "application/json"],
    ["*/*", "application/json"],
    ["APPLICATION/JSON", "application/json"],
    ["text/event-stream", "text/event-stream"],
    ["Text/Event-Stream", "text/event-stream"],
    ["Application/Json, Text/Event-Stream", undefined],
    ["text/html", undefined]
  ])("answers clients of each revision that accept %s in a form that they can read", async (accept, type) => {
    const headers = { "content-type": "application/json", ...(accept === undefined ? {} : { accept }) }
    for (const [message, extra] of [
      [listTools, {}],
      [modern, modernHeaders]
    ] as const) {
      for (const path of ["/mcp", "/mcp/"]) {
        const answer = await ask("POST", path, { ...headers, ...extra }, JSON.stringify(message))
        expect(answer.status).toBe(accept === "text/html" ? 406 : 200)
        expect(answer.headers["content-type"]).toMatch(type ?? /^(application\/json|text\/event-stream)$/)
        const body = answer.headers["content-type"] === "text/event-stream" ? answer.text.slice(21) : answer.text
        expect(answer.text.startsWith("event: message\ndata: ")).toBe(
          answer.headers["content-type"] !== "application/json"
        )
        expect(JSON.parse(body)).toMatchObject({ id: accept === "text/html" ? null : 1 })
      }
    }
  })

  it("lets allowed pages call it from a browser, and no others", async () => {
    const preflight = {
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type, mcp-method, mcp-param-region",
      "access-control-request-private-network": "true"
    }
    for (const origin of ["https://app.example", "vscode-webview://1c0f1qvlo3", "http://localhost:6274"]) {
      const before = await ask("OPTIONS", "/mcp", { origin, ...preflight })
      expect(before.status).toBe(204)
      expect(before.headers).toMatchObject({
        "access-control-allow-origin": origin,
        "access-control-allow-methods": expect.stringContaining("POST"),
        "access-control-allow-headers": preflight["access-control-request-headers"],
        "access-control-allow-private-network": "true",
        vary: "origin"
      })
      for (const body of [ping, "not json"]) {
        expect((await ask("POST", "/mcp", { ...json, origin }, body)).headers).toMatchObject({
          "access-control-allow-origin": origin,
          "access-control-expose-headers": expect.stringContaining("mcp-session-id")
        })
      }
    }
    const denied = await ask("OPTIONS", "/mcp", { origin: "https://evil.example", ...preflight })
    expect(denied.status).toBe(403)
    expect(denied.headers["access-control-allow-origin"]).toBeUndefined()
    expect((await ask("POST", "/mcp", json, ping)).headers["access-control-allow-origin"]).toBeUndefined()
  })

  it("answers a body that is too large by its id, however its size is announced", async () => {
    const body = `{"jsonrpc":"2.0","method":"tools/call","params":{"x":"${"y".repeat(4 * 1024 * 1024)}"},"id":"large"}`
    for (const headers of [json, { ...json, "transfer-encoding": "chunked" }]) {
      const { status, text } = await ask("POST", "/mcp", headers, body)
      expect(status).toBe(413)
      expect(JSON.parse(text)).toMatchObject({ id: "large", error: { message: expect.stringContaining("4194304") } })
    }
  })

  it("refuses a body over 4 MiB and keeps serving", async () => {
    const big = await fetch(server.url, { method: "POST", headers: json, body: "x".repeat(4 * 1024 * 1024 + 1) })
    expect(big.status).toBe(413)
    expect((await ask("POST", "/mcp", json, "not json")).status).toBe(400)
    expect((await ask("POST", "/mcp", json, ping)).status).toBe(200)
  })

  it("answers concurrent calls", async () => {
    const call = (id: number, name: string, args: object) =>
      ask(
        "POST",
        "/mcp",
        json,
        JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args } })
      )
    const submits = await Promise.all([1, 2, 3].map((id) => call(id, "generate_image", { prompt: `cat ${id}` })))
    const ids = submits.map(({ text }) => /kk-img-\w+/.exec(text)?.[0])
    expect(new Set(ids).size).toBe(3)
  })
})

describe("start and shutdown of the HTTP server", () => {
  it.each([
    [["--host", "0.0.0.0"], {}, 2, "is reachable from other machines"],
    [["--host", "::"], {}, 2, "is reachable from other machines"],
    [["--host", "kling.example"], {}, 2, "is reachable from other machines"],
    [["--port", "99999"], {}, 2, "--port must be a port from 0 to 65535, not 99999"],
    [["--prot", "1"], {}, 2, "Unknown option '--prot'"],
    [["--toolsets", "cor"], {}, 2, "nearest: core"],
    [[], { KLINGKIT_ALLOWED_ORIGINS: "app.example" }, 2, "KLINGKIT_ALLOWED_ORIGINS: app.example is not an origin"],
    [[], { KLINGKIT_ALLOWED_ORIGINS: "https://*.app.example" }, 2, "https://*.app.example is not an origin"],
    [[], { KLINGKIT_ALLOWED_HOSTS: "*" }, 2, "KLINGKIT_ALLOWED_HOSTS: * is not a host"],
    [[], { KLINGKIT_ALLOWED_HOSTS: "https://a.example" }, 2, "KLINGKIT_ALLOWED_HOSTS: https://a.example is not a host"]
  ])("refuses %j %j with one line", async (args, env, code, message) => {
    const program = start("klingkit-mcp-http", args, env)
    expect((await program.ended).code).toBe(code)
    expect(program.stderr).toContain(message)
    expect(program.stderr).not.toMatch(/\n\s+at /)
  })

  it("reports that the port is in use", async () => {
    const program = start("klingkit-mcp-http", ["--port", new URL(server.url).port])
    expect((await program.ended).code).toBe(1)
    expect(program.stderr).toMatch(/port \d+ on 127\.0\.0\.1 is in use; .*--port/)
  })

  it("listens on IPv6 loopback too", async () => {
    const { program, url } = await startHttp({}, ["--host", "::1"])
    expect(url).toContain("http://[::1]:")
    expect((await fetch(new URL("/healthz", url))).status).toBe(200)
    program.child.kill("SIGTERM")
    expect((await program.ended).code).toBe(0)
  })

  it("stops on SIGTERM, and finishes a running call", async () => {
    const { program, url } = await startHttp(kling.env)
    await kling.injectFault({ fault: "slow", delayMs: 700 })
    const before = (await kling.ledger()).tasks.length
    const call = fetch(url, {
      method: "POST",
      headers: json,
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "generate_image", arguments: { prompt: "a cat" } }
      })
    }).then((response) => response.text())
    await expect.poll(async () => (await kling.ledger()).tasks.length).toBeGreaterThan(before)
    program.child.kill("SIGTERM")
    expect(await call).toContain("Task ID: kk-img-")
    expect((await program.ended).code).toBe(0)
  })

  it("stops on SIGTERM only when it has persisted the answer to a call whose client is gone", async () => {
    const { program, url } = await startHttp(kling.env)
    await kling.injectFault({ fault: "slow", on: "new.t2v.*", delayMs: 1500 })
    const before = (await kling.ledger()).tasks.length
    const client = new AbortController()
    const params = { name: "generate_video", arguments: { prompt: "a cat" } }
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params })
    const call = fetch(url, { method: "POST", headers: json, body, signal: client.signal })
    await expect.poll(async () => (await kling.ledger()).tasks.length).toBeGreaterThan(before)
    client.abort("gone")
    await expect(call).rejects.toBe("gone")
    program.child.kill("SIGTERM")
    expect((await program.ended).code).toBe(0)
    expect(kling.rows().at(-1)).toMatchObject({ state: "ACCEPTED", task_id: expect.any(String) })
  })
})
