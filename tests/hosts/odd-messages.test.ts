import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { callOf, messagesIn, type OddHost, openOddHost, post, type Received, wires } from "./odd-host.ts"
import { type OddMessage, oddPosts, refusedMessages, servedMessages } from "./odd-messages.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let hosts: ReadonlyArray<OddHost>
let lastId = 0

beforeAll(async () => {
  kling = await freshKling()
  hosts = await Promise.all(wires.map((wire) => openOddHost(wire, kling.env)))
})
afterAll(async () => {
  expect(await Promise.all(hosts.map(({ close }) => close()))).toEqual([0, 0])
  await kling.close()
})

// Frees the slots of the tests before: a request that waits for one would be made later than it is counted.
beforeEach(async () => {
  await kling.finishTasks()
})

const tasks = async () => (await kling.ledger()).tasks.length

/** Both hosts send the same call three times: as their users, and their own retries, would. */
const sentByAll = async ({ host, write, ids = (id) => [id] }: OddMessage) => {
  const all: Array<Received> = []
  for (const each of [...hosts, ...hosts, ...hosts]) {
    lastId += 1
    const text = write(lastId, { name: "generate_image", arguments: { prompt: `a fox of a host that ${host}` } })
    const answers = await each.send(text, ids(lastId))
    const answered = answers.filter(({ id }) => id !== null)
    expect(new Set(answered.map(({ id }) => id))).toEqual(new Set(ids(lastId)))
    expect(answered).toHaveLength(ids(lastId).length)
    all.push(...answered)
    const alive = await each.send(`{"jsonrpc":"2.0","id":"alive ${lastId}","method":"ping"}`, [`alive ${lastId}`])
    expect(alive).toMatchObject([{ result: {} }])
  }
  return all
}

const taskIn = ({ result }: Received) => result?.structuredContent?.["task_id"]

describe("a host that", () => {
  it.each(servedMessages.map((message) => [message.host, message] as const))(
    "%s is charged once, and answered each time",
    async (_, message) => {
      const before = await tasks()
      const made = (await sentByAll(message)).flatMap((answer) => taskIn(answer) ?? [])
      expect(made.length).toBeGreaterThanOrEqual(6)
      expect(new Set(made).size).toBe(1)
      expect(await tasks()).toBe(before + 1)
    },
    60_000
  )

  it.each(refusedMessages.map((message) => [message.host, message] as const))(
    "%s is charged nothing, and learns why under its id",
    async (_, message) => {
      const before = await tasks()
      for (const { error, result } of await sentByAll(message)) {
        expect(error !== undefined || result?.isError === true).toBe(true)
        const text = error?.message ?? result?.content.map((block) => block.text ?? "").join("\n")
        expect(text).toMatch(/must|missing|not |expected|Next: /)
      }
      expect(await tasks()).toBe(before)
    },
    60_000
  )

  it.each(oddPosts.map((odd) => [odd.host, odd] as const))("%s over HTTP is charged once", async (_, odd) => {
    const before = await tasks()
    const url = `${hosts.flatMap((host) => host.url ?? []).join()}${odd.path ?? ""}`
    const body = JSON.stringify(callOf("odd", "generate_image", { prompt: `a fox of a client that ${odd.host}` }))
    const headers = { "content-type": "application/json", ...odd.headers }
    const answers = [await post(url, { body, headers }), await post(url, { body, headers })]
    const made = answers.flatMap(({ text }) => messagesIn(text).map(taskIn))
    expect(made).toEqual([expect.stringMatching(/^kk-img-/), made[0]])
    expect(await tasks()).toBe(before + 1)
  })
})
