import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openBare } from "./bare-requests.ts"
import { clients, connect, type Host, wires } from "./hosts.ts"
import { freshKling } from "./emulated-kling.ts"
import { settableClock } from "./settable-clock.ts"

const every = wires.flatMap((wire) => clients.map((client) => [wire, client] as const))

/** A server without sessions cannot elicit anything from 2025 clients: it has no channel back to them. */
const supportsElicitation = (wire: string, client: string) => wire === "stdio" || client === "v2 2026-07-28"

describe.each(every)(
  "a call above the approval threshold over %s, by a %s client that supports elicitation",
  (wire, client) => {
    let kling: Awaited<ReturnType<typeof freshKling>>
    let host: Host
    let answer: { action: "accept" | "decline"; content?: Record<string, boolean> }
    const questions: Array<string> = []

    beforeAll(async () => {
      kling = await freshKling()
      const clock = join(kling.home, "clock")
      const env = {
        ...kling.env,
        KLINGKIT_CONFIRM_ABOVE_USD: "0.10",
        KLINGKIT_CONFIRM_TOKENS: "on",
        ...settableClock(clock)
      }
      host = await connect(wire, client, env, async (question) => {
        questions.push(question)
        // The user reads the price first; what answers at once is taken for a program.
        writeFileSync(clock, String(questions.length * 600))
        return answer
      })
    })
    afterAll(async () => {
      await host.close()
      await kling.close()
    })

    it("costs nothing when declined", async () => {
      answer = { action: "decline" }
      const { text, isError } = await host.call("generate_video", { prompt: "a red kite" })
      expect(isError).toBe(true)
      expect(text).toMatch(/^Error: .*\nCharged: no\nNext: .*\nCode: \w+$/)
      expect(text).toContain(supportsElicitation(wire, client) ? "Code: KLINGKIT_DECLINED" : "Code: JOB_NOT_APPROVED")
      expect(await kling.requests()).toEqual([])
    })

    it("is submitted once when approved: by elicitation, or by the token of its quote", async () => {
      answer = { action: "accept", content: { approve: true } }
      const args = { prompt: "a red kite" }
      const quoted = await host.call("quote_cost", { tool: "generate_video", arguments: JSON.stringify(args) })
      const { confirm_token } = quoted.structured as { readonly confirm_token?: string }
      expect(confirm_token === undefined).toBe(supportsElicitation(wire, client))
      const submitted = await host.call("generate_video", {
        ...args,
        ...(confirm_token === undefined ? {} : { confirm_token })
      })
      await kling.finishTasks()
      const { tasks, charges } = await kling.ledger()
      expect(tasks).toMatchObject([{ externalTaskId: submitted.structured?.["task_id"] }])
      expect(charges).toMatchObject([{ units: 3 }])
    })

    it("asks the user each time, with price, model and prompt, where supported", () => {
      expect(questions).toHaveLength(supportsElicitation(wire, client) ? 2 : 0)
      for (const question of questions) {
        expect(question).toContain("0.42 USD")
        expect(question).toContain("kling-3.0")
        expect(question).toContain('"a red kite"')
      }
    })
  }
)

describe("an approval sent to another server", () => {
  const call = { name: "generate_video", arguments: { prompt: "a red kite", allow_duplicate: true } }
  const inputResponses = { approval: { action: "accept", content: { approve: true } } }

  it.each([
    [
      "that shares the secret is accepted, and pays once across all of them",
      { KLINGKIT_SECRET: "a secret of the team" },
      4,
      1
    ],
    ["that does not share it is refused, and nothing is paid", {}, 0, 0]
  ])("%s", async (_, secret, answered, tasks) => {
    const kling = await freshKling()
    const env = { ...kling.env, KLINGKIT_CONFIRM_ABOVE_USD: "0.10", ...secret }
    const servers = await Promise.all(
      (["HTTP", "HTTP", "stdio"] as const).map((wire) => openBare(wire, env, { elicitation: { form: {} } }))
    )
    try {
      const [first, ...others] = servers
      const challenge = (await first?.send("tools/call", call))?.result
      expect(challenge).toMatchObject({ resultType: "input_required" })
      const resumed = { ...call, requestState: challenge?.["requestState"], inputResponses }
      const answers = await Promise.all([...others, ...others].map(({ send }) => send("tools/call", resumed)))
      const accepted = answers.filter(({ result }) => result !== undefined && result["isError"] !== true)
      expect(accepted).toHaveLength(answered)
      expect((await kling.ledger()).tasks).toHaveLength(tasks)
    } finally {
      for (const { program } of servers) program.child.kill("SIGKILL")
      await kling.close()
    }
  })
})
