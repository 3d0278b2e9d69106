import { expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { startHosted } from "./hosted-server.ts"

const submit = async (url: string, prompt: string) => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "generate_video", arguments: { prompt } }
    })
  })
  expect(await response.text()).toContain("Task ID: kk-t2v-")
}

it.each(["signed", "unsigned"] as const)(
  "callbacks of Kling, %s, end a job that no client asks about, and what is not of Kling changes nothing",
  async (how) => {
    // Its tasks do not end by themselves within this test.
    const kling = await freshKling({ speed: 1 })
    const hosted = await startHosted(how === "signed" ? { KLINGKIT_CALLBACK_SECRETS: kling.webhookSecret } : {}, {
      kling
    })
    try {
      await submit(hosted.url, "a lighthouse")
      await expect.poll(() => kling.rows()).toMatchObject([{ task_id: expect.any(String) }])
      const [row] = kling.rows()
      const forged = {
        method: "POST",
        body: JSON.stringify({ id: row?.["task_id"], external_id: row?.["handle"], status: "failed" })
      }
      const post = async (path: string) => (await fetch(`${hosted.origin}/callbacks/kling${path}`, forged)).status
      expect(await post("")).toBe(401)
      expect(await post(`/${String(row?.["handle"])}/${"A".repeat(43)}`)).toBe(404)
      expect((await fetch(`${hosted.origin}/callbacks/kling`)).status).toBe(405)
      expect(kling.rows()).not.toMatchObject([{ state: "FAILED" }])
      // Longer than the video takes, and less than the signature may differ from the clock of the server.
      await kling.advance(280)
      await expect.poll(() => kling.rows()).toMatchObject([{ state: "SUCCEEDED" }])
    } finally {
      await hosted.close()
    }
  }
)
