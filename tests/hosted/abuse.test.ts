import { once } from "node:events"
import { connect } from "node:net"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { callTool, handleIn, messageOf } from "./calls.ts"
import { startReplicas } from "./replicas.ts"

let world: Awaited<ReturnType<typeof startReplicas>>
beforeAll(async () => {
  world = await startReplicas({ count: 1 })
}, 90_000)
afterAll(() => world.close())

const origin = () => world.replicas[0]?.origin ?? ""
const url = () => `${origin()}/mcp`
const modern = { modern: true }
const paint = { name: "generate_image", arguments: { prompt: "a forgery" } }
const post = ({ headers, body }: ReturnType<typeof messageOf>) => fetch(url(), { method: "POST", headers, body })
const paid = async () => (await world.kling.ledger()).tasks.length

/** What comes back for these bytes, once the server has closed the connection. */
const answerTo = async (bytes: string): Promise<string> => {
  const socket = connect(Number(new URL(origin()).port), "127.0.0.1")
  let answer = ""
  socket.setEncoding("utf8").on("data", (text: string) => (answer += text))
  socket.write(bytes)
  await once(socket, "close")
  return answer
}

describe("a request of a signed-in caller", () => {
  it("abuse 3: is refused if its version is unknown, or another one in its header than in its body", async () => {
    for (const version of ["2099-01-01", "2025-06-18"]) {
      const headers = { "mcp-protocol-version": version }
      const answer = await post(messageOf(world.keyOf("anna"), "tools/call", paint, { ...modern, headers }))
      expect(answer.status).toBe(400)
    }
    expect(await paid()).toBe(0)
  })

  it("abuse 4: is refused if its headers name another tool or method than its body", async () => {
    for (const headers of [{ "mcp-name": "quote_cost" }, { "mcp-method": "tools/list" }]) {
      const answer = await post(messageOf(world.keyOf("anna"), "tools/call", paint, { ...modern, headers }))
      expect(answer.status).toBe(400)
    }
    expect(await paid()).toBe(0)
  })

  it("abuse 6: is not unpacked", async () => {
    const { headers, body } = messageOf(world.keyOf("anna"), "tools/call", paint)
    const packed = gzipSync(body)
    const answer = await fetch(url(), {
      method: "POST",
      headers: { ...headers, "content-encoding": "gzip" },
      body: packed
    })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(await paid()).toBe(0)
  })

  it("abuse 7: that lasts takes one of its caller's share, and others are served", async () => {
    const handle = handleIn(await callTool(url(), world.keyOf("anna"), "generate_video", { prompt: "a pier" }))
    const wait = () => callTool(url(), world.keyOf("anna"), "wait_for_task", { task_id: handle, timeout_seconds: 4 })
    const waits = Promise.all(Array.from({ length: 40 }, wait))
    expect((await callTool(url(), world.keyOf("ben"), "list_tasks", {})).status).toBe(200)
    const answers = await waits
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.map(({ headers }) => headers.get("retry-after"))).toEqual(Array.from({ length: 8 }, () => "1"))
    expect(answers.filter(({ text }) => text.includes(handle))).toHaveLength(32)
    expect((await wait()).status).toBe(200)
  })

  it.each([
    ["two lengths", "Content-Length: 4\r\nContent-Length: 40\r\n\r\n"],
    ["a length and chunks", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["a folded line", "X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n"],
    ["lines that end with LF only", "X-A: b\nContent-Length: 0\n\n"],
    ["a space before a colon", "Content-Length : 0\r\n\r\n"]
  ])("abuse 9: with %s is refused, and the connection closed", async (_, rest) => {
    const smuggled = "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    expect(await answerTo(`POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n${rest}${smuggled}`)).toMatch(/^HTTP\/1\.1 400 /)
  })

  it("abuse 19: ends with its key; what is paid for is finished and kept", async () => {
    const key = await world.keys("add", "dora")
    const handle = handleIn(await callTool(url(), key, "generate_image", { prompt: "the last picture" }))
    await world.keys("revoke", "dora")
    const before = await paid()
    expect((await callTool(url(), key, "generate_image", { prompt: "one more" })).status).toBe(401)
    expect((await callTool(url(), key, "download_task", { task_id: handle })).status).toBe(401)
    expect(await paid()).toBe(before)
    await world.kling.advance(120)
    await expect.poll(() => world.rows()).toContainEqual(expect.objectContaining({ handle, state: "SUCCEEDED" }))
  })
})

it("abuse 43: a callback of 10 MB, with another content type, and a flood of forged ones change nothing", async () => {
  const handle = handleIn(await callTool(url(), world.keyOf("anna"), "generate_video", { prompt: "a lighthouse" }))
  const callback = (body: string, headers = {}) =>
    fetch(`${origin()}/callbacks/kling`, { method: "POST", body, headers })
  const forged = JSON.stringify({ id: "1", external_id: handle, status: "failed" })
  expect((await callback("x".repeat(10_000_000))).status).toBe(413)
  expect([400, 401]).toContain((await callback(forged, { "content-type": "text/plain" })).status)
  const flood = await Promise.all(Array.from({ length: 500 }, () => callback(forged)))
  expect(new Set(flood.map(({ status }) => status))).toEqual(new Set([401]))
  expect((await world.rows()).find((row) => row.handle === handle)?.state).toBe("ACCEPTED")
  expect((await callTool(url(), world.keyOf("ben"), "list_tasks", {})).status).toBe(200)
})
