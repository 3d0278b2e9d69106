import { KlingWorld } from "@klingkit/emulator"
import { describe, expect, it } from "vitest"
import { connectedClient, wires } from "./testing/connected-client.ts"
import { emulatedServices } from "./testing/emulated-services.ts"

interface Update {
  readonly progress: number
  readonly message?: string | undefined
}

const slow = async (wire: (typeof wires)[number]) => {
  const emulated = emulatedServices(new KlingWorld({ speed: 1 }))
  const client = await connectedClient(emulated.services, wire)
  const { structuredContent } = await client.callTool({ name: "generate_video", arguments: { prompt: "a cat" } })
  const { task_id } = structuredContent as { readonly task_id: string }
  /** Waits until the emulator has received that many requests. */
  const requests = (count: number) =>
    expect.poll(async () => (await emulated.control("GET requests")).requests.length).toBeGreaterThanOrEqual(count)
  return { ...emulated, client, task_id, requests }
}

describe.each(wires)("progress on a %s", (wire) => {
  it("comes at least every five seconds, always rises, and ends with the call", async () => {
    const { client, task_id, pass, requests } = await slow(wire)
    const updates: Array<Update & { readonly at: number }> = []
    let now = 0
    const waiting = client.callTool(
      { name: "wait_for_task", arguments: { task_id, timeout_seconds: 30 } },
      { onprogress: (update) => updates.push({ ...update, at: now }) }
    )
    const moreThan = (count: number) => expect.poll(() => updates.length).toBeGreaterThan(count)
    await requests(2)
    for (now = 1; now < 30; now++) {
      const before = updates.length
      await pass(1)
      if (now % 4 === 0) await moreThan(before)
    }
    await pass(1)
    await waiting
    const received = updates.length
    await pass(60)
    expect(updates.length).toBe(received)
    expect(updates.map(({ progress }) => progress)).toEqual(
      [...new Set(updates.map(({ progress }) => progress))].toSorted((a, b) => a - b)
    )
    const times = [0, ...updates.map(({ at }) => at)]
    expect(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toBeLessThanOrEqual(5)
    expect(updates.at(-1)?.message).toMatch(/^Task is (submitted|processing)$/)
  })

  it("is not sent to a client that did not ask for it", async () => {
    const { client, task_id, pass, requests } = await slow(wire)
    const stray: Array<Error> = []
    Object.assign(client, { onerror: (error: Error) => stray.push(error) })
    const waiting = client.callTool({ name: "wait_for_task", arguments: { task_id, timeout_seconds: 10 } })
    await requests(2)
    await pass(10)
    await waiting
    expect(stray).toEqual([])
  })
})
