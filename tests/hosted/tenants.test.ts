import { Agent, request } from "node:http"
import { afterAll, beforeAll, expect, it } from "vitest"
import { callTool, type CallOptions, handleIn, messageOf } from "./calls.ts"
import { startReplicas } from "./replicas.ts"

const tenants = ["anna", "ben"] as const
let world: Awaited<ReturnType<typeof startReplicas>>
/** What only its owner may see: the task's id, and a word of its prompt. */
const marks = new Map<string, ReadonlyArray<string>>()

beforeAll(async () => {
  world = await startReplicas({ count: 2 })
  for (const tenant of tenants) {
    const prompt = `the secret of ${tenant}`
    const made = await callTool(urlOf(0), world.keyOf(tenant), "generate_image", { prompt })
    marks.set(tenant, [handleIn(made), prompt])
  }
}, 90_000)
afterAll(() => world.close())

const urlOf = (index: number) => world.replicas[index % world.replicas.length]?.url ?? ""
const marksOf = (tenant: string) => marks.get(tenant) ?? []

/** Over a connection of the agent. */
const sendBy = (agent: Agent, url: string, { headers, body }: ReturnType<typeof messageOf>): Promise<string> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      let text = ""
      answer
        .setEncoding("utf8")
        .on("data", (chunk: string) => (text += chunk))
        .on("end", () => resolve(text))
    })
    sent.once("error", reject).end(body)
  })

it.each([
  ["2025", false, 1],
  ["2025", false, 16],
  ["2026-07-28", true, 1],
  ["2026-07-28", true, 16]
] as const)(
  "200 calls of two tenants with the same ids by %s stay apart (new protocol: %s), over %s connections",
  async (_, modern, connections) => {
    // A proxy in front uses its connections for everyone.
    const agents = [0, 1].map(() => new Agent({ keepAlive: true, maxSockets: connections }))
    const calls = Array.from({ length: 200 }, (_unused, index) => {
      const tenant = tenants[index % 2] ?? "anna"
      const [handle] = marksOf(tenant)
      const options: CallOptions = { id: index % 5, modern }
      const params =
        index % 4 < 2
          ? { name: "list_tasks", arguments: {} }
          : { name: "check_image_status", arguments: { task_id: handle } }
      return { tenant, id: index % 5, replica: Math.floor(index / 2), params, options }
    })
    try {
      const answers = await Promise.all(
        calls.map(async ({ tenant, id, replica, params, options }) => {
          const message = messageOf(world.keyOf(tenant), "tools/call", params, options)
          const agent = agents[replica % 2] ?? new Agent()
          let text = await sendBy(agent, urlOf(replica), message)
          // Each caller has a limit of calls at a time.
          while (text.includes("calls at a time")) text = await sendBy(agent, urlOf(replica), message)
          return { tenant, id, text }
        })
      )
      for (const { tenant, id, text } of answers) {
        const [handle = "", prompt = ""] = marksOf(tenant)
        expect((JSON.parse(text) as { readonly id: unknown }).id).toBe(id)
        expect(text).toContain(handle)
        expect(text).toContain(prompt)
        const foreign = tenants.filter((other) => other !== tenant).flatMap((other) => [...marksOf(other)])
        expect(foreign.filter((mark) => text.includes(mark))).toEqual([])
      }
    } finally {
      for (const agent of agents) agent.destroy()
    }
  }
)
