import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { openBare } from "../mcp/bare-requests.ts"
import { freshKling } from "../mcp/emulated-kling.ts"
import { settableClock } from "../mcp/settable-clock.ts"
import { start, type Started } from "../mcp/server-process.ts"
import { type ProgramAnswer, programAnswers, selfApprovals } from "./odd-approvals.ts"
import { answerTo, callOf, initialize, type Received } from "./odd-host.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let env: Readonly<Record<string, string>>
let aheadMillis = 0

/** The user reads the price first; what answers at once is taken for a program. */
const userReads = () => {
  aheadMillis += 1000
  writeFileSync(join(kling.home, "clock"), String(aheadMillis))
}

beforeAll(async () => {
  kling = await freshKling()
  env = { ...kling.env, KLINGKIT_CONFIRM_ABOVE_USD: "0.10", ...settableClock(join(kling.home, "clock")) }
  userReads()
})
afterAll(() => kling.close())

// Frees the slots of the tests before: a request that waits for one would be made later than it is counted.
beforeEach(async () => {
  await kling.finishTasks()
})

const tasks = async () => (await kling.ledger()).tasks.length
type Answer = ProgramAnswer["answer"]
type Call = ReturnType<typeof callFor>
const yes: Answer = { result: { action: "accept", content: { approve: true } } }
const callFor = (host: string, more: Readonly<Record<string, unknown>> = {}) => ({
  name: "generate_video",
  arguments: { prompt: `a fox of a host that ${host}`, ...more }
})

interface Asking {
  /** Makes the call; where a form comes, the host answers it, after that time. */
  readonly call: (params: Call, answer: Answer, wait?: () => void) => Promise<Received>
  readonly close: () => void
}

let lastId = 0

/** A 2025 client, which is asked while its call waits. */
const openAsked = async (): Promise<Asking & { readonly program: Started }> => {
  const program = start("klingkit-mcp", [], env)
  program.child.stdin.write(`${initialize({ elicitation: {} })}\n`)
  await program.says(answerTo("initialize"))
  const call: Asking["call"] = async (params, answer, wait) => {
    lastId += 1
    const answered = answerTo(`call ${lastId}`)
    const from = program.stdout.length
    program.child.stdin.write(`${JSON.stringify(callOf(`call ${lastId}`, params.name, params.arguments))}\n`)
    await program.says(new RegExp(`${answered.source}|(?<=[^]{${from}})"method":"elicitation/create"`, "m"))
    const form = formIn(program.stdout.slice(from))
    if (form !== undefined) {
      wait?.()
      program.child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: form, ...answer })}\n`)
    }
    return JSON.parse((await program.says(answered))[0]) as Received
  }
  return { program, call, close: () => program.child.kill("SIGKILL") }
}

const formIn = (text: string): unknown => {
  const line = text.split("\n").find((one) => one.includes('"method":"elicitation/create"'))
  return line === undefined ? undefined : (JSON.parse(line) as Received).id
}

/** A 2026 client, which repeats its call with the answer. */
const openResuming = async (wire: "stdio" | "HTTP"): Promise<Asking> => {
  const { program, send } = await openBare(wire, env, { elicitation: { form: {} } })
  return {
    call: async (params, answer, wait) => {
      const first = (await send("tools/call", params)) as Received
      if (first.result?.["resultType"] !== "input_required" || !("result" in answer)) return first
      const { requestState } = first.result
      wait?.()
      return (await send("tools/call", {
        ...params,
        requestState,
        inputResponses: { approval: answer.result }
      })) as Received
    },
    close: () => program.child.kill("SIGKILL")
  }
}

const textOf = ({ result, error }: Received) =>
  error?.message ?? result?.content.map((block) => block.text ?? "").join("\n") ?? ""
const codeIn = (text: string) => /klingkit approve ([\w-]{9})/.exec(text)?.[1] ?? ""
const taskOf = ({ result }: Received) => result?.structuredContent?.["task_id"]

const ways = {
  "asked over stdio": { open: openAsked, takes: () => true },
  "of 2026 over stdio": { open: () => openResuming("stdio"), takes: isAction },
  "of 2026 over HTTP": { open: () => openResuming("HTTP"), takes: isAction }
} as const

/** 2026 clients answer a form with an action, or are asked again. */
function isAction({ answer }: ProgramAnswer): boolean {
  return "result" in answer && /"(accept|decline|cancel)"/.test(JSON.stringify(answer.result))
}

describe.each(Object.entries(ways))("a host %s whose program answers the form", (way, { open, takes }) => {
  let host: Asking
  beforeAll(async () => {
    host = await open()
  })
  afterAll(() => host.close())

  it.each(programAnswers.filter(takes).map((odd) => [odd.host, odd] as const))(
    "and %s learns how the user can approve; then it is one charge",
    async (_, odd) => {
      const call = callFor(`${odd.host} ${way}`)
      const before = await tasks()
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const text = textOf(await host.call(call, odd.answer))
        expect(text).toMatch(/Charged: no[^]*\nNext: [^]*klingkit approve [\w-]{9}[^]*\nCode: KLINGKIT_NOT_ASKED$/)
      }
      const code = codeIn(textOf(await host.call(call, odd.answer)))
      for (const more of selfApprovals) {
        const given = JSON.parse(JSON.stringify(more).replace("{code}", code)) as Readonly<Record<string, unknown>>
        expect(textOf(await host.call(callFor(`${odd.host} ${way}`, given), odd.answer))).toMatch(
          /Charged: no[^]*Next: /
        )
      }
      expect(await tasks()).toBe(before)

      const made = [
        await host.call(call, yes, userReads),
        await host.call(call, yes),
        await host.call(call, odd.answer)
      ]
      expect(made.map(taskOf)).toEqual(Array(3).fill(expect.stringMatching(/^kk-t2v-/)))
      expect(new Set(made.map(taskOf)).size).toBe(1)
      expect(await tasks()).toBe(before + 1)
    },
    60_000
  )
})
