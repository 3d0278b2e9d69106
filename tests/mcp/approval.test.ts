import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openBare } from "./bare-requests.ts"
import { clients, connect, type Host, wires } from "./hosts.ts"
import { freshKling } from "./kling.ts"

const every = wires.flatMap((wire) => clients.map((client) => [wire, client] as const))

/** A server without sessions cannot ask clients of 2025 anything: there is no way back to them. */
const canBeAsked = (wire: string, client: string) => wire === "stdio" || client === "v2 2026-07-28"

describe.each(every)("a dear call over %s, by a %s client that can ask its person", (wire, client) => {
  let kling: Awaited<ReturnType<typeof freshKling>>
  let host: Host
  let answer: { action: "accept" | "decline"; content?: Record<string, boolean> }
  const questions: Array<string> = []

  beforeAll(async () => {
    kling = await freshKling()
    host = await connect(wire, client, { ...kling.env, KLINGKIT_CONFIRM_ABOVE_USD: "0.10" }, (question) => {
      questions.push(question)
      return Promise.resolve(answer)
    })
  })
  afterAll(async () => {
    await host.close()
    await kling.close()
  })

  it("costs nothing after a no", async () => {
    answer = { action: "decline" }
    const { text, isError } = await host.call("generate_video", { prompt: "a red kite" })
    expect(isError).toBe(true)
    expect(text).toMatch(/^Error: .*\nCharged: no\nNext: .*\nCode: \w+$/)
    expect(text).toContain(canBeAsked(wire, client) ? "Code: KLINGKIT_DECLINED" : "Code: JOB_NOT_APPROVED")
    expect(await kling.requests()).toEqual([])
  })

  it("is made once after a yes: to the question, or by the token of its quote", async () => {
    answer = { action: "accept", content: { approve: true } }
    const args = { prompt: "a red kite" }
    const quoted = await host.call("quote_cost", { tool: "generate_video", arguments: JSON.stringify(args) })
    const { confirm_token } = quoted.facts as { readonly confirm_token?: string }
    expect(confirm_token === undefined).toBe(canBeAsked(wire, client))
    const made = await host.call("generate_video", {
      ...args,
      ...(confirm_token === undefined ? {} : { confirm_token })
    })
    await kling.passTime()
    const { tasks, charges } = await kling.ledger()
    expect(tasks).toMatchObject([{ externalTaskId: made.facts?.["task_id"] }])
    expect(charges).toMatchObject([{ units: 3 }])
  })

  it("was put to the person each time, with price, model and prompt, where that can be", () => {
    expect(questions).toHaveLength(canBeAsked(wire, client) ? 2 : 0)
    for (const question of questions) {
      expect(question).toContain("0.42 USD")
      expect(question).toContain("kling-3.0")
      expect(question).toContain('"a red kite"')
    }
  })
})

describe("an answer that is brought to another server", () => {
  const call = { name: "generate_video", arguments: { prompt: "a red kite", allow_repeat: true } }
  const inputResponses = { approval: { action: "accept", content: { approve: true } } }

  it.each([
    ["that shares the secret, passes, once among all of them", { KLINGKIT_SECRET: "a secret of the team" }, 1],
    ["that does not, is refused, and nothing is paid", {}, 0]
  ])("%s", async (_, secret, tasks) => {
    const kling = await freshKling()
    const env = { ...kling.env, KLINGKIT_CONFIRM_ABOVE_USD: "0.10", ...secret }
    const servers = await Promise.all(
      (["HTTP", "HTTP", "stdio"] as const).map((wire) => openBare(wire, env, { elicitation: { form: {} } }))
    )
    try {
      const [first, ...others] = servers
      const asked = (await first?.send("tools/call", call))?.result
      expect(asked).toMatchObject({ resultType: "input_required" })
      const brought = { ...call, requestState: asked?.["requestState"], inputResponses }
      const answers = await Promise.all([...others, ...others].map(({ send }) => send("tools/call", brought)))
      const passed = answers.filter(({ result }) => result !== undefined && result["isError"] !== true)
      expect(passed).toHaveLength(tasks)
      expect((await kling.ledger()).tasks).toHaveLength(tasks)
    } finally {
      for (const { program } of servers) program.child.kill("SIGKILL")
      await kling.close()
    }
  })
})
