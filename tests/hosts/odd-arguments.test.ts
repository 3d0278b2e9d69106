import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { answerContract, type ListedTool } from "../mcp/answer-contract.ts"
import { freshKling } from "../mcp/emulated-kling.ts"
import { freeCalls, paidCalls, refusedCalls, type OddCall } from "./odd-arguments.ts"
import { callOf, type OddHost, openOddHost, wires } from "./odd-host.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let hosts: ReadonlyArray<OddHost>
let problemsOf: ReturnType<typeof answerContract>
/** A task that the host has made before. */
let earlier: string
let lastId = 0

beforeAll(async () => {
  kling = await freshKling()
  const env = { ...kling.env, KLINGKIT_TOOLSETS: "all" }
  hosts = await Promise.all(wires.map((wire) => openOddHost(wire, env)))
  const [listed] = (await hosts[0]?.send('{"jsonrpc":"2.0","id":"list","method":"tools/list"}', ["list"])) ?? []
  problemsOf = answerContract(listed?.result?.["tools"] as ReadonlyArray<ListedTool>)
  for (const host of hosts) earlier = String((await called(host, "generate_video", { prompt: "a fox before" })).taskId)
  await kling.finishTasks()
})
afterAll(async () => {
  expect(await Promise.all(hosts.map(({ close }) => close()))).toEqual([0, 0])
  await kling.close()
})

const called = async (host: OddHost, tool: string, args: unknown) => {
  lastId += 1
  const text = JSON.stringify(callOf(lastId, tool, args))
    .replaceAll("{task}", earlier)
    .replaceAll("{TASK}", earlier?.toUpperCase())
  const answers = await host.send(text, [lastId])
  expect(answers).toMatchObject([{ id: lastId, result: expect.anything() }])
  const result = answers[0]?.result
  if (result === undefined) throw new Error("it has a result")
  expect(problemsOf(tool, result)).toEqual([])
  return {
    isError: result.isError === true,
    text: result.content.map((block) => block.text ?? "").join("\n"),
    taskId: result.structuredContent?.["task_id"]
  }
}

/** Every way in which a request is sent, over both transports. */
const everyWay = async ({ tool, plain, sent }: OddCall) => {
  const answers: Array<Awaited<ReturnType<typeof called>>> = []
  for (const more of [{}, ...sent])
    for (const host of hosts) answers.push(await called(host, tool, { ...plain, ...more }))
  return answers
}

const tasks = async () => (await kling.ledger()).tasks.length

describe("a host that", () => {
  it.each(paidCalls.map((request) => [request.host, request] as const))(
    "%s is charged once for one request",
    async (_, request) => {
      const before = await tasks()
      const answers = await everyWay(request)
      expect(answers.filter(({ isError }) => isError)).toEqual([])
      const ids = new Set(answers.map(({ taskId }) => taskId))
      expect(ids.size).toBe(1)
      expect(await tasks()).toBe(before + 1)
      await kling.finishTasks()
      const { charges } = await kling.ledger()
      expect(charges.filter(({ externalTaskId }) => ids.has(externalTaskId))).toHaveLength(1)
    },
    60_000
  )

  it.each(freeCalls.map((request) => [request.host, request] as const))(
    "%s is answered, and charged nothing",
    async (_, request) => {
      const before = await tasks()
      expect((await everyWay(request)).filter(({ isError }) => isError)).toEqual([])
      expect(await tasks()).toBe(before)
    },
    60_000
  )

  it.each(refusedCalls.map((request) => [request.host, request] as const))(
    "%s learns what to do, and is charged nothing",
    async (_, request) => {
      const before = await tasks()
      for (const more of request.sent) {
        for (const host of hosts) {
          const { isError, text } = await called(host, request.tool, { ...request.plain, ...more })
          expect({ isError, text }).toEqual({ isError: true, text: expect.stringMatching(/\nCharged: no\b/) })
          for (const name of request.named) expect(text).toContain(name)
        }
      }
      expect(await tasks()).toBe(before)
    },
    60_000
  )
})
