import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { answerContract, type ListedTool, type RawResult } from "./answer-contract.ts"
import { type Bare, openBare } from "./bare-requests.ts"
import { freshKling } from "./emulated-kling.ts"

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
  it(`outlives its server, and another over ${to} returns its result`, async () => {
    const before = await kling.ledger()
    const first = await open(from)
    const call = { name: "generate_video", arguments: { prompt: `a kite, ${from} ${to}` } }
    const created = (await first.send("tools/call", call)).result
    expect(created).toMatchObject({ resultType: "task", status: "working" })
    const taskId = created?.["taskId"]
    first.program.child.kill("SIGKILL")
    await first.program.ended

    const second = await open(to)
    expect((await second.send("tasks/get", { taskId })).result).toMatchObject({ taskId, status: "working" })
    expect((await second.send("tasks/cancel", { taskId })).result).toMatchObject({ resultType: "complete" })
    await kling.finishTasks()
    const ended = await second.send("tasks/get", { taskId })
    const status = await second.send("tools/call", { name: "check_video_status", arguments: { task_id: taskId } })
    expect(ended.result).toMatchObject({
      status: "completed",
      createdAt: created?.["createdAt"],
      result: { content: status.result?.["content"], structuredContent: { task_id: taskId, status: "succeed" } }
    })
    // A host validates the result of a task against the outputSchema of the tool that was called.
    const { tools } = (await second.send("tools/list", {})).result as { readonly tools: ReadonlyArray<ListedTool> }
    expect(answerContract(tools)("generate_video", ended.result?.["result"] as RawResult)).toEqual([])
    const { tasks, charges } = await kling.ledger()
    expect(tasks).toHaveLength(before.tasks.length + 1)
    expect(charges).toHaveLength(before.charges.length + 1)
    expect((await second.send("tasks/get", { taskId: "kk-t2v-00000000000000000000000000" })).error?.code).toBe(-32_602)
  })
})
