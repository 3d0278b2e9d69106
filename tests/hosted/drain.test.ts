import { expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { startHttp } from "../mcp/server-process.ts"

it("a server that is stopped says so first, still serves, and then ends", async () => {
  const kling = await freshKling()
  const { program, origin, url } = await startHttp({ ...kling.env, KLINGKIT_DRAIN_SECONDS: "5" })
  const statusOf = async (path: string) => (await fetch(`${origin}${path}`)).status
  expect(await statusOf("/readyz")).toBe(200)
  program.child.kill("SIGTERM")
  await expect.poll(() => statusOf("/readyz"), { interval: 10 }).toBe(503)
  expect(await statusOf("/healthz")).toBe(200)
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" })
  })
  expect(await answer.text()).toContain("generate_video")
  expect((await program.ended).code).toBe(0)
  await expect(fetch(`${origin}/readyz`)).rejects.toThrow("fetch failed")
  await kling.close()
})
