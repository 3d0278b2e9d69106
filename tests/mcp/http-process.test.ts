import { request } from "node:http"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { freshKling } from "./emulated-kling.ts"
import { start, startHttp } from "./server-process.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let server: Awaited<ReturnType<typeof startHttp>>

beforeAll(async () => {
  kling = await freshKling()
  server = await startHttp({
    ...kling.env,
    KLINGKIT_ALLOWED_HOSTS: "kling.team.example",
    KLINGKIT_ALLOWED_ORIGINS: "https://app.example, https://other.example:8443"
  })
})
afterAll(async () => {
  server.program.child.kill("SIGKILL")
  await kling.close()
})

const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" })
const json = { "content-type": "application/json", accept: "application/json, text/event-stream" }

/** One request with exactly these headers, `Host` among them, which fetch would not allow. */
const ask = (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body = "") =>
  new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const outgoing = request(new URL(path, server.origin), { method, headers }, (response) => {
      let text = ""
      response
        .setEncoding("utf8")
        .on("data", (chunk: string) => (text += chunk))
        .on("end", () => resolve({ status: response.statusCode ?? 0, text }))
    })
    outgoing.on("error", reject).end(body)
  })

describe("the HTTP server", () => {
  it("serves a health check, MCP at one path, and nothing else", async () => {
    expect(await ask("GET", "/healthz")).toEqual({ status: 200, text: '{"status":"ok"}' })
    expect((await ask("POST", "/mcp", json, ping)).text).toContain('"generate_video"')
    for (const path of ["/", "/mcp/", "/sse", "/healthz/x"]) expect((await ask("GET", path)).status).toBe(404)
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
    await vi.waitUntil(async () => (await kling.ledger()).tasks.length > before)
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
    await vi.waitUntil(async () => (await kling.ledger()).tasks.length > before)
    client.abort("gone")
    await expect(call).rejects.toBe("gone")
    program.child.kill("SIGTERM")
    expect((await program.ended).code).toBe(0)
    expect(kling.rows().at(-1)).toMatchObject({ state: "ACCEPTED", task_id: expect.any(String) })
  })
})
