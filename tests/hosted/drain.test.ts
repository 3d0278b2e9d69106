import { once } from "node:events"
import { type IncomingMessage, request } from "node:http"
import { text } from "node:stream/consumers"
import { expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { startHttp } from "../mcp/server-process.ts"

/** On a connection of its own: the server closes those that are kept, at any moment. */
const ask = async (url: string, body?: object) => {
  const headers = { "content-type": "application/json", accept: "application/json" }
  const asking = request(url, { agent: false, method: body === undefined ? "GET" : "POST", headers })
  asking.end(body === undefined ? undefined : JSON.stringify(body))
  const [answer] = (await once(asking, "response")) as [IncomingMessage]
  return { status: answer.statusCode, text: await text(answer) }
}

it("a server that is stopped says so first, still serves, and then ends", async () => {
  const kling = await freshKling()
  const { program, origin, url } = await startHttp({ ...kling.env, KLINGKIT_DRAIN_SECONDS: "5" })
  const statusOf = async (path: string) => (await ask(`${origin}${path}`)).status
  expect(await statusOf("/readyz")).toBe(200)
  program.child.kill("SIGTERM")
  await expect.poll(() => statusOf("/readyz"), { interval: 10 }).toBe(503)
  expect(await statusOf("/healthz")).toBe(200)
  const answer = await ask(url, { jsonrpc: "2.0", id: 1, method: "tools/list" })
  expect(answer.text).toContain("generate_video")
  expect((await program.ended).code).toBe(0)
  await expect(ask(`${origin}/readyz`)).rejects.toThrow("ECONNREFUSED")
  await kling.close()
})
