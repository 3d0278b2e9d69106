import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { answerContract, type ListedTool } from "../mcp/answer-contract.ts"
import { freshKling } from "../mcp/emulated-kling.ts"
import { freeWishes, paidWishes, refusedWishes, type Wish } from "./odd-arguments.ts"
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
}, 60_000)
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

/** Every way in which a wish is sent, over both transports. */
const everyWay = async ({ tool, plain, sent }: Wish) => {
  const answers: Array<Awaited<ReturnType<typeof called>>> = []
  for (const more of [{}, ...sent])
    for (const host of hosts) answers.push(await called(host, tool, { ...plain, ...more }))
  return answers
}

const tasks = async () => (await kling.ledger()).tasks.length

describe("a host that", () => {
  it.each(paidWishes.map((wish) => [wish.host, wish] as const))(
    "%s is charged once for one wish",
    async (_, wish) => {
      const before = await tasks()
      const answers = await everyWay(wish)
      expect(answers.filter(({ isError }) => isError)).toEqual([])
      expect(new Set(answers.map(({ taskId }) => taskId)).size).toBe(1)
      expect(await tasks()).toBe(before + 1)
      await kling.finishTasks()
      const { charges } = await kling.ledger()
      expect(charges.map(({ externalTaskId }) => externalTaskId)).toEqual([
        ...new Set(charges.map((one) => one.externalTaskId))
      ])
    },
    60_000
  )

  it.each(freeWishes.map((wish) => [wish.host, wish] as const))(
    "%s is answered, and charged nothing",
    async (_, wish) => {
      const before = await tasks()
      expect((await everyWay(wish)).filter(({ isError }) => isError)).toEqual([])
      expect(await tasks()).toBe(before)
    },
    60_000
  )

  it.each(refusedWishes.map((wish) => [wish.host, wish] as const))(
    "%s learns what to do, and is charged nothing",
    async (_, wish) => {
      const before = await tasks()
      for (const more of wish.sent) {
        for (const host of hosts) {
          const { isError, text } = await called(host, wish.tool, { ...wish.plain, ...more })
          expect({ isError, text }).toEqual({ isError: true, text: expect.stringMatching(/\nCharged: no\b/) })
          for (const name of wish.named) expect(text).toContain(name)
        }
      }
      expect(await tasks()).toBe(before)
    },
    60_000
  )
})
