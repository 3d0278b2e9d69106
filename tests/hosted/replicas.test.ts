import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { callTool, handleIn, send } from "./calls.ts"
import { startReplicas } from "./replicas.ts"

let world: Awaited<ReturnType<typeof startReplicas>>
beforeAll(async () => {
  world = await startReplicas({ env: { KLINGKIT_CONFIRM_ABOVE_USD: "0.50" } })
}, 90_000)
afterAll(() => world.close())

type Arguments = Readonly<Record<string, unknown>>

const on = (index: number) => {
  const replica = world.replicas[index]
  if (replica === undefined) throw new Error(`there is no replica ${index}`)
  return replica
}
const call = (index: number, caller: string, name: string, args: Arguments) =>
  callTool(on(index).url, world.keyOf(caller), name, args)
const paidTasks = async () => (await world.kling.ledger()).tasks.map(({ externalTaskId }) => externalTaskId)

describe("a task that was submitted to one of three replicas", () => {
  it("is answered, waited for and downloaded on the others", async () => {
    const handle = handleIn(await call(0, "anna", "generate_video", { prompt: "a lighthouse" }))
    expect((await call(1, "anna", "check_video_status", { task_id: handle })).text).toContain(`Task ID: ${handle}`)
    expect((await call(2, "anna", "list_tasks", {})).text).toContain(handle)
    expect((await call(2, "ben", "check_video_status", { task_id: handle })).text).not.toContain("lighthouse")
    const waits = [1, 2].map((index) => call(index, "anna", "wait_for_task", { task_id: handle }))
    // Longer than the video takes. Kling calls back at any of the three.
    await world.kling.advance(280)
    for (const { text } of await Promise.all(waits)) expect(text).toMatch(/Status: succeed[^]*Charged: 3 video units/)
    const saved = await call(2, "anna", "download_task", { task_id: handle })
    const file = /\/\S+\.mp4/.exec(saved.text)?.[0] ?? ""
    expect(readFileSync(file).subarray(4, 8).toString()).toBe("ftyp")
    // Whichever replica is asked again, the file is there.
    expect((await call(0, "anna", "download_task", { task_id: handle })).text).toContain(file)
    expect(await paidTasks()).toEqual([handle])
  })

  it("is the same task for the same key, however many replicas are asked for it at once", async () => {
    const before = (await paidTasks()).length
    const image = { prompt: "a harbour", idempotency_key: "order-7" }
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => call(index % 3, "anna", "generate_image", image))
    )
    const handles = new Set(answers.map(handleIn))
    expect(handles.size).toBe(1)
    expect((await paidTasks()).slice(before)).toEqual([...handles])
    // A key is its caller's.
    const other = handleIn(await call(1, "ben", "generate_image", image))
    expect((await paidTasks()).slice(before)).toEqual([...handles, other])
  })
})

describe("what a caller got from one replica", () => {
  it("is an approval on all, once, for this caller and these arguments", async () => {
    const params = { name: "generate_video", arguments: { prompt: "a red kite", duration: "10" } }
    const modern = { modern: true, capabilities: { elicitation: { form: {} } } }
    const ask = (index: number, caller: string, more: Arguments) =>
      send(on(index).url, world.keyOf(caller), "tools/call", { ...params, ...more }, modern)
    const { result } = await ask(0, "anna", {})
    expect(result).toMatchObject({ resultType: "input_required", requestState: expect.any(String) })
    const requestState = String(result?.["requestState"])
    const inputResponses = { approval: { action: "accept", content: { approve: true } } }
    const before = (await paidTasks()).length
    const refused = [
      await ask(1, "ben", { requestState, inputResponses }),
      await ask(1, "anna", { requestState, inputResponses, arguments: { prompt: "a blue kite", duration: "10" } }),
      await ask(1, "anna", { requestState: `${requestState.slice(0, -6)}AAAAAA`, inputResponses })
    ]
    for (const { text, result: answer } of refused) {
      expect([answer?.["resultType"], text]).not.toEqual(["complete", expect.stringContaining("Task ID")])
    }
    expect((await paidTasks()).slice(before)).toEqual([])
    const answers = await Promise.all([1, 2, 1, 2].map((index) => ask(index, "anna", { requestState, inputResponses })))
    const paid = new Set(answers.filter(({ isError }) => !isError).map(handleIn))
    expect((await paidTasks()).slice(before)).toEqual([...paid])
    expect(paid.size).toBe(1)
  })

  it("opens no replica once it is revoked on one", async () => {
    const key = await world.keys("add", "carla")
    const statuses = () =>
      Promise.all([0, 1, 2].map(async (index) => (await send(on(index).url, key, "tools/list", {})).status))
    expect(await statuses()).toEqual([200, 200, 200])
    await world.keys("revoke", "carla")
    expect(await statuses()).toEqual([401, 401, 401])
  })
})

describe("a replica", () => {
  it("answers a subscription, which ends at once, since there is nothing to announce", async () => {
    for (const { url } of world.replicas) {
      const stop = new AbortController()
      const response = await fetch(url, {
        method: "POST",
        signal: stop.signal,
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          authorization: `Bearer ${world.keyOf("anna")}`,
          "mcp-protocol-version": "2026-07-28",
          "mcp-method": "subscriptions/listen"
        },
        body: JSON.stringify({
          jsonrpc: "2.0",
          id: 7,
          method: "subscriptions/listen",
          params: {
            notifications: {},
            _meta: {
              "io.modelcontextprotocol/protocolVersion": "2026-07-28",
              "io.modelcontextprotocol/clientInfo": { name: "bare", version: "1" },
              "io.modelcontextprotocol/clientCapabilities": {}
            }
          }
        })
      })
      const first = await response.body?.getReader().read()
      expect(Buffer.from(first?.value ?? []).toString()).toContain("notifications/subscriptions/acknowledged")
      stop.abort()
    }
  })
})
