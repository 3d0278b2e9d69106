import { afterAll, beforeAll, expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { addKey } from "./access-key.ts"
import { startHosted } from "./hosted-server.ts"

let hosted: Awaited<ReturnType<typeof startHosted>>
beforeAll(async () => {
  const kling = await freshKling({ speed: 0.001 })
  hosted = await startHosted({ KLINGKIT_AUTH_KEYS: "on", KLINGKIT_MAX_USD_PER_DAY: "0.50" }, { kling })
})
afterAll(() => hosted.close())

const callerOf = async (name: string) => {
  const headers = { authorization: `Bearer ${await addKey(hosted.settings, name)}`, "content-type": "application/json" }
  return async (path: string, body?: object) => {
    const init = { headers, ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }) }
    return (await (await fetch(`${hosted.origin}/v1${path}`, init)).json()) as Readonly<Record<string, unknown>>
  }
}

it("the limit per day of a shared Kling account is each caller's own, and so is what they see of the spending", async () => {
  const [anna, bert] = [await callerOf("anna"), await callerOf("bert")]
  const video = (prompt: string) => ({ prompt, duration: 5 })
  expect(await anna("/tools/generate_video", video("a quay"))).toHaveProperty("task_id")
  expect(await anna("/tools/generate_video", video("a pier"))).toMatchObject({
    code: "LEDGER_OVER_BUDGET",
    charged: "no",
    detail: expect.stringContaining("$0.42")
  })
  expect(await bert("/spend")).toMatchObject({ used_usd: 0, tasks: 0, limits: { left_today_usd: 0.5 } })
  expect(await bert("/tools/generate_video", video("a quay"))).toHaveProperty("task_id")
  expect(await anna("/spend")).toMatchObject({ used_usd: 0.42, tasks: 1 })
  expect((await hosted.kling.ledger()).tasks).toHaveLength(2)
})
