import { execFileSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { afterAll, beforeAll, expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { startHttp } from "../mcp/server-process.ts"
import { callTool, handleIn } from "./calls.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let server: Awaited<ReturnType<typeof startHttp>>
beforeAll(async () => {
  kling = await freshKling()
  server = await startHttp(kling.env)
})
afterAll(async () => {
  server.program.child.kill("SIGKILL")
  await server.program.ended
  await kling.close()
})

/** From now on the files of the server grow no more, or do again: `prlimit` is of util-linux. */
const setSpace = (left: "0" | "unlimited") =>
  execFileSync("prlimit", ["--pid", String(server.program.child.pid), `--fsize=${left}:unlimited`])
const call = (name: string, args: Readonly<Record<string, unknown>>) => callTool(server.url, "", name, args)
// `POST /tasks` lists tasks.
const creates = async () =>
  (await kling.requests()).filter(({ method, path }) => method === "POST" && path !== "/tasks")
const handlesAtKling = async () => (await kling.ledger()).tasks.map(({ externalTaskId }) => externalTaskId)

it("a server whose disk takes nothing more sends no paid request, still answers, and pays again once there is space", async () => {
  const handle = handleIn(await call("generate_image", { prompt: "before" }))
  await kling.finishTasks()
  const sent = (await creates()).length
  setSpace("0")
  const pier = { prompt: "a pier", idempotency_key: "order-1" }
  for (const [tool, args] of [
    ["generate_image", pier],
    ["generate_video", { prompt: "a pier" }]
  ] as const) {
    const refused = await call(tool, args)
    expect(refused.isError).toBe(true)
    expect(refused.text).toMatch(/the ledger .*\nCharged: no\n(.*\n)*Code: LEDGER_/)
  }
  expect((await call("check_image_status", { task_id: handle })).text).toContain("Status: succeed")
  expect((await call("list_tasks", {})).text).toContain(handle)
  const notSaved = await call("download_task", { task_id: handle })
  expect(notSaved.text).toMatch(/^Error: (.*\n)*Charged: yes.*it is not lost\n(.*\n)*Code: JOB_FETCH_FAILED/)
  expect(readdirSync(kling.outputDir)).toEqual([])
  expect(await creates()).toHaveLength(sent)
  setSpace("unlimited")
  expect((await call("download_task", { task_id: handle })).text).toContain("Saved 1 file.")
  const made = handleIn(await call("generate_image", pier))
  expect(await handlesAtKling()).toEqual([handle, made])
})

it("a request that Kling accepts while the disk of the server is full is found again, and not paid twice", async () => {
  const before = await handlesAtKling()
  await kling.injectFault({ fault: "uniqueness-off", count: "always" })
  await kling.injectFault({ fault: "slow", delayMs: 1000 })
  const harbour = { prompt: "a harbour", idempotency_key: "order-2" }
  const calling = call("generate_image", harbour)
  await expect.poll(handlesAtKling).toHaveLength(before.length + 1)
  setSpace("0")
  const handle = handleIn(await calling)
  expect((await call("check_image_status", { task_id: handle })).text).toContain(handle)
  setSpace("unlimited")
  expect(handleIn(await call("generate_image", harbour))).toBe(handle)
  await kling.finishTasks()
  expect((await call("check_image_status", { task_id: handle })).text).toContain("Status: succeed")
  expect(await handlesAtKling()).toEqual([...before, handle])
})
