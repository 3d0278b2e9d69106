import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { answerContract, type ListedTool, type RawResult } from "./answer-contract.ts"
import { type Bare, openBare } from "./bare-requests.ts"
import { freshKling } from "./kling.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
const opened: Array<Bare> = []
beforeAll(async () => {
  // Slow enough that a task outlives the server that started it.
  kling = await freshKling({ speed: 1 })
})
afterAll(async () => {
  for (const { program } of opened) program.child.kill("SIGKILL")
  await kling.close()
})

const open = async (wire: "stdio" | "HTTP"): Promise<Bare> => {
  const bare = await openBare(wire, kling.env, { extensions: { "io.modelcontextprotocol/tasks": {} } })
  opened.push(bare)
  return bare
}

describe.each([
  ["stdio", "stdio"],
  ["HTTP", "HTTP"],
  ["HTTP", "stdio"]
] as const)("a task that was started over %s", (from, to) => {
  it(`outlives its server, and is followed to its result by another over ${to}`, async () => {
    const before = await kling.ledger()
    const first = await open(from)
    const call = { name: "generate_video", arguments: { prompt: `a kite, ${from} ${to}` } }
    const made = (await first.send("tools/call", call)).result
    expect(made).toMatchObject({ resultType: "task", status: "working" })
    const taskId = made?.["taskId"]
    first.program.child.kill("SIGKILL")
    await first.program.ended

    const second = await open(to)
    expect((await second.send("tasks/get", { taskId })).result).toMatchObject({ taskId, status: "working" })
    expect((await second.send("tasks/cancel", { taskId })).result).toMatchObject({ resultType: "complete" })
    await kling.passTime()
    const ended = await second.send("tasks/get", { taskId })
    const told = await second.send("tools/call", { name: "check_video_status", arguments: { task_id: taskId } })
    expect(ended.result).toMatchObject({
      status: "completed",
      createdAt: made?.["createdAt"],
      result: { content: told.result?.["content"], structuredContent: { task_id: taskId, status: "succeed" } }
    })
    // A host holds the result of a task against what the tool promised that was called.
    const { tools } = (await second.send("tools/list", {})).result as { readonly tools: ReadonlyArray<ListedTool> }
    expect(answerContract(tools)("generate_video", ended.result?.["result"] as RawResult)).toEqual([])
    const { tasks, charges } = await kling.ledger()
    expect(tasks).toHaveLength(before.tasks.length + 1)
    expect(charges).toHaveLength(before.charges.length + 1)
    expect((await second.send("tasks/get", { taskId: "kk-t2v-00000000000000000000000000" })).error?.code).toBe(-32_602)
  })
})
