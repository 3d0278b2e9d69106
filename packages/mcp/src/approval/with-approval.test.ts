import { KlingWorld } from "@klingkit/emulator"
import { LedgerSource, UserApprovals } from "@klingkit/jobs"
import { layerSqliteMemory } from "@klingkit/jobs/sqlite"
import { Layer, ManagedRuntime } from "effect"
import { afterEach, describe, expect, it, vi } from "vitest"
import { connectedClient, textOf, type User, type Wire } from "../testing/connected-client.ts"
import { emulatedServices } from "../testing/emulated-services.ts"
import { modernRequests } from "../testing/modern-requests.ts"

const limits = { confirmAboveUsd: 0.1 }
const args = { prompt: "a red fox in the snow", duration: 5 }
const submit = { name: "generate_video", arguments: args }

const connectedTo = async (wire: Wire, user: User) => {
  const emulated = emulatedServices(new KlingWorld(), { limits })
  return { ...emulated, client: await connectedClient(emulated.services, wire, undefined, user) }
}

/** No user reads a price in less time. */
const readingSeconds = 2

const approve = { action: "accept", content: { approve: true } } as const

/** The code of the question, as a chat passes it on. */
const codeIn = (text: string): string => /klingkit approve (\S+)/.exec(text)?.[1] ?? expect.fail(text)

describe.each(["2025 connection", "2026 HTTP"] as const)("a call above the approval threshold, on a %s", (wire) => {
  it("asks the user, sends nothing before the answer, and is made once they approve", async () => {
    const questions: Array<string> = []
    const before: Array<unknown> = []
    const { client, control } = await connectedTo(wire, async (question) => {
      questions.push(question)
      before.push((await control("GET requests")).requests)
      return approve
    })
    const { structuredContent, isError } = await client.callTool(submit)
    expect(isError).toBeFalsy()
    expect(questions).toHaveLength(1)
    expect(questions[0]?.split("\n")).toEqual([
      "Generate video: approve this paid request?",
      "Quote: 0.42 USD, 3 video units = 5 s x 0.6 (kling-3.0, 720p, silent)",
      "Cheaper: model kling-2.6 instead of kling-3.0: $0.21; 3 s instead of 5 s: $0.252",
      "Model: kling-3.0 (new.t2v.kling-3.0)",
      'Prompt: "a red fox in the snow"',
      expect.stringMatching(/^Settings: .*duration_seconds 5/),
      "Nothing has been sent yet."
    ])
    expect(before).toEqual([[]])
    const { tasks } = await control("GET ledger")
    expect(tasks).toMatchObject([{ externalTaskId: (structuredContent as { readonly task_id: string }).task_id }])
  })

  it.each([
    [{ action: "decline" }, "KLINGKIT_DECLINED"],
    [{ action: "accept", content: { approve: false } }, "KLINGKIT_DECLINED"],
    [{ action: "accept" }, "KLINGKIT_DECLINED"],
    [{ action: "cancel" }, "KLINGKIT_UNANSWERED"]
  ] as const)("makes nothing when the user answers %j", async (answer, code) => {
    const { client, control, pass } = await connectedTo(wire, async () => {
      await pass(readingSeconds)
      return answer
    })
    const result = await client.callTool(submit)
    expect(result.isError).toBe(true)
    expect(textOf(result)).toMatch(new RegExp(`^Error: .*\nCharged: no\nNext: .*\nCode: ${code}$`))
    expect((await control("GET requests")).requests).toEqual([])
  })

  it("asks nothing about cheap or free calls, and gives the model no token to approve with", async () => {
    const questions: Array<string> = []
    const { client } = await connectedTo(wire, (question) => {
      questions.push(question)
      return Promise.resolve(approve)
    })
    const quoted = await client.callTool({
      name: "quote_cost",
      arguments: { tool: "generate_video", arguments: JSON.stringify(args) }
    })
    expect(quoted.structuredContent).toMatchObject({ needs_approval: true })
    expect(quoted.structuredContent).not.toHaveProperty("confirm_token")
    expect(textOf(quoted)).toContain("the user is asked")
    expect((await client.callTool({ name: "generate_image", arguments: { prompt: "a cat" } })).isError).toBeFalsy()
    expect(questions).toEqual([])
  })

  it("does not let an approval exceed a hard limit", async () => {
    const emulated = emulatedServices(new KlingWorld(), { limits: { ...limits, maxUsdPerCall: 0.3 } })
    const client = await connectedClient(emulated.services, wire, undefined, () => Promise.resolve(approve))
    expect(textOf(await client.callTool(submit))).toContain("Code: LEDGER_OVER_BUDGET")
    expect((await emulated.control("GET requests")).requests).toEqual([])
  })
})

describe("a call above the approval threshold", () => {
  it("times out when the user does not answer, and revokes the approval", async () => {
    const asked = Promise.withResolvers<string>()
    const { client, control, pass } = await connectedTo("2025 connection", (question) => {
      asked.resolve(question)
      return Promise.withResolvers<never>().promise
    })
    const calling = client.callTool(submit)
    await asked.promise
    await pass(300)
    expect(textOf(await calling)).toContain("Code: KLINGKIT_UNANSWERED")
    expect((await control("GET requests")).requests).toEqual([])
  })

  it.each([
    ["2025 connection", "fails", () => Promise.reject(new Error("no screen")), "could not show them the question"],
    ["2025 connection", "declines at once", () => Promise.resolve({ action: "decline" } as const), "before anyone"],
    ["2025 connection", "cancels at once", () => Promise.resolve({ action: "cancel" } as const), "before anyone"],
    ["2026 HTTP", "declines at once", () => Promise.resolve({ action: "decline" } as const), "before anyone"]
  ] as const)("on a %s whose host %s is approved in a shell, and then made once", async (wire, _, host, why) => {
    const { client, control, services } = await connectedTo(wire, host)
    const result = textOf(await client.callTool(submit))
    expect(result).toMatch(/Next: only the user can approve it: .*\nCode: KLINGKIT_NOT_ASKED$/)
    expect(result).toContain(why)
    expect(result).not.toContain("no screen")
    expect((await control("GET requests")).requests).toEqual([])
    const code = codeIn(result)
    // The same call again does not help the model, nor does the code as an argument.
    expect(codeIn(textOf(await client.callTool(submit)))).toBe(code)
    const guessed = await client.callTool({ ...submit, arguments: { ...args, confirm_token: code } })
    expect(guessed.isError).toBe(true)
    expect((await control("GET requests")).requests).toEqual([])
    expect(await services.runPromise(UserApprovals.use((approvals) => approvals.grant(code)))).toBe(true)
    const other = await client.callTool({ ...submit, arguments: { ...args, duration: 10 } })
    expect(other.isError).toBe(true)
    expect((await client.callTool(submit)).isError).toBeFalsy()
    expect((await client.callTool({ ...submit, arguments: { ...args, take: 2 } })).isError).toBe(true)
    expect((await control("GET ledger")).tasks).toHaveLength(1)
  })

  it("tells a user who approves after the call was cancelled that nothing came of it", async () => {
    const asked = Promise.withResolvers<string>()
    const answered = Promise.withResolvers<typeof approve>()
    const notified = Promise.withResolvers<string>()
    const { client, control } = await connectedTo("2025 connection", (question) => {
      if (question.includes("too late")) {
        notified.resolve(question)
        return Promise.resolve({ action: "accept" })
      }
      asked.resolve(question)
      return answered.promise
    })
    const cancel = new AbortController()
    const calling = client.callTool(submit, { signal: cancel.signal })
    await asked.promise
    cancel.abort()
    await expect(calling).rejects.toThrow("abort")
    answered.resolve(approve)
    expect(await notified.promise).toContain("too late: the call was cancelled")
    expect((await control("GET requests")).requests).toEqual([])
  })

  it.each([
    ["2025 HTTP", true],
    ["2025 connection", false],
    ["2026 HTTP", false]
  ] as const)("is approved in a shell on a %s, with a form: %s", async (wire, hasForm) => {
    const emulated = emulatedServices(new KlingWorld(), { limits })
    const user = hasForm ? () => Promise.reject(new Error("asked")) : undefined
    const client = await connectedClient(emulated.services, wire, undefined, user)
    const refused = textOf(await client.callTool(submit))
    expect(refused).toMatch(/Next: only the user can approve it: .*\nCode: JOB_NOT_APPROVED$/)
    const quoted = await client.callTool({
      name: "quote_cost",
      arguments: { tool: "generate_video", arguments: JSON.stringify(args) }
    })
    expect(quoted.structuredContent).not.toHaveProperty("confirm_token")
    await emulated.services.runPromise(UserApprovals.use((approvals) => approvals.grant(codeIn(refused))))
    expect((await client.callTool(submit)).isError).toBeFalsy()
    expect((await emulated.control("GET ledger")).tasks).toHaveLength(1)
  })

  it.each([
    ["2025 HTTP", true],
    ["2025 connection", false],
    ["2026 HTTP", false]
  ] as const)("is approved by a token on a %s, with a form: %s, where tokens are allowed", async (wire, hasForm) => {
    const emulated = emulatedServices(new KlingWorld(), { limits: { ...limits, confirmTokens: true } })
    const user = hasForm ? () => Promise.reject(new Error("asked")) : undefined
    const client = await connectedClient(emulated.services, wire, undefined, user)
    const refused = textOf(await client.callTool(submit))
    expect(refused).toMatch(/Next: show this to the user; .*quote_cost .*confirm_token.*\nCode: JOB_NOT_APPROVED$/)
    const quoted = await client.callTool({
      name: "quote_cost",
      arguments: { tool: "generate_video", arguments: JSON.stringify(args) }
    })
    const { confirm_token } = quoted.structuredContent as { readonly confirm_token: string }
    const made = await client.callTool({ ...submit, arguments: { ...args, confirm_token } })
    expect(made.isError).toBeFalsy()
    expect((await emulated.control("GET ledger")).tasks).toHaveLength(1)
  })
})

describe("the answer of a 2026 client", () => {
  afterEach(() => vi.useRealTimers())

  const accept = { approval: approve }
  const key = new Uint8Array(32).fill(7)

  /** A ledger, and any number of programs that share it. */
  const team = async () => {
    const opened = await ManagedRuntime.make(LedgerSource.layer(layerSqliteMemory)).runPromise(LedgerSource)
    const world = new KlingWorld()
    const program = (principal = "local", signingKey = key) => {
      const options = { limits, principal, ledger: Layer.succeed(LedgerSource, opened), key: signingKey }
      const emulated = emulatedServices(world, options)
      return { ...emulated, send: modernRequests(emulated.services, { elicitation: { form: {} } }) }
    }
    const first = program()
    const call = { name: "generate_video", arguments: { ...args, allow_duplicate: true } }
    const asked = await first.send("tools/call", call)
    const requestState = asked.result?.requestState ?? ""
    expect(requestState.length).toBeGreaterThan(100)
    return { first, program, call, requestState, tasks: async () => (await first.control("GET ledger")).tasks }
  }

  const codeOf = (answer: Awaited<ReturnType<ReturnType<typeof modernRequests>>>): string | undefined =>
    answer.result === undefined ? String(answer.error?.code) : /Code: (\w+)$/.exec(textOf(answer.result))?.[1]

  it("works once, also in another program; sent again, it is the same task in any", async () => {
    const { first, program, call, requestState, tasks } = await team()
    const other = program()
    expect(codeOf(await other.send("tools/call", { ...call, requestState, inputResponses: accept }))).toBeUndefined()
    for (const { send } of [first, other, program()]) {
      expect(codeOf(await send("tools/call", { ...call, requestState, inputResponses: accept }))).toBeUndefined()
    }
    expect(await tasks()).toHaveLength(1)
  })

  it("is accepted once when sent many times at once", async () => {
    const { program, call, requestState, tasks } = await team()
    const programs = [program(), program(), program(), program()]
    await Promise.all(programs.map(({ send }) => send("tools/call", { ...call, requestState, inputResponses: accept })))
    expect(await tasks()).toHaveLength(1)
  })

  it("is refused when any bit of it was changed, even an unused one", async () => {
    const { first, call, requestState, tasks } = await team()
    const flipped = [...requestState].map((character, at) => {
      const other = String.fromCodePoint((character.codePointAt(0) ?? 0) ^ 1)
      return requestState.slice(0, at) + other + requestState.slice(at + 1)
    })
    const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=")
    const respelled = letters
      .map((letter) => requestState.slice(0, -1) + letter)
      .filter((state) => state !== requestState)
    for (const changed of [...flipped, ...respelled]) {
      const answer = await first.send("tools/call", { ...call, requestState: changed, inputResponses: accept })
      expect(codeOf(answer)).toBe("-32602")
    }
    expect(await tasks()).toEqual([])
  })

  it.each([
    ["other arguments", (call: typeof submit) => ({ ...call, arguments: { ...call.arguments, duration: 10 } })],
    ["another prompt", (call: typeof submit) => ({ ...call, arguments: { ...call.arguments, prompt: "a dog" } })],
    ["another tool", (call: typeof submit) => ({ ...call, name: "generate_image" })]
  ])("is refused with %s", async (_, change) => {
    const { first, call, requestState, tasks } = await team()
    const answer = await first.send("tools/call", { ...change(call), requestState, inputResponses: accept })
    expect(codeOf(answer)).toBe("KLINGKIT_APPROVAL_STALE")
    expect(await tasks()).toEqual([])
  })

  it("is refused from another principal, with another key, after ten minutes, and after a refusal", async () => {
    const { first, program, call, requestState, tasks } = await team()
    const answered = { ...call, requestState, inputResponses: accept }
    expect(codeOf(await program("mallory").send("tools/call", answered))).toBe("KLINGKIT_APPROVAL_STALE")
    const foreign = program("local", new Uint8Array(32).fill(8))
    expect(codeOf(await foreign.send("tools/call", answered))).toBe("-32602")
    const late = program()
    await late.pass(601)
    expect(codeOf(await late.send("tools/call", answered))).toBe("KLINGKIT_APPROVAL_STALE")
    const no = { ...call, requestState, inputResponses: { approval: { action: "decline" } } }
    await first.pass(readingSeconds)
    expect(codeOf(await first.send("tools/call", no))).toBe("KLINGKIT_DECLINED")
    expect(codeOf(await first.send("tools/call", answered))).toBe("KLINGKIT_APPROVAL_STALE")
    expect(await tasks()).toEqual([])
  })

  it("is requested again when it is missing", async () => {
    const { first, call, requestState, tasks } = await team()
    const again = await first.send("tools/call", { ...call, requestState })
    expect(again.result).toMatchObject({ resultType: "input_required" })
    expect(await tasks()).toEqual([])
  })
})
