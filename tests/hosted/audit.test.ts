import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { start } from "../mcp/server-process.ts"
import { addKey } from "./access-key.ts"
import { startHosted } from "./hosted-server.ts"

interface Entry {
  readonly event: string
  readonly handle: string
  readonly principal: string
  readonly quotedUsd?: number
  readonly countedUsd: number
  readonly requestId?: string
}

it("the audit log has each charge of Kling, who asked for it and in which request, and no prompt", async () => {
  const kling = await freshKling()
  const file = join(kling.home, "audit.jsonl")
  const hosted = await startHosted({ KLINGKIT_AUDIT_LOG: file, KLINGKIT_AUTH_KEYS: "on" }, { kling })
  const [anna, ben] = [await addKey(hosted.settings, "anna"), await addKey(hosted.settings, "ben")]
  const call = async (key: string, id: string, name: string, args: Readonly<Record<string, unknown>>) => {
    const response = await fetch(hosted.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        authorization: `Bearer ${key}`,
        "x-request-id": id
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } })
    })
    return (await response.text()).match(/kk-\w+-\w{26}/)?.[0] ?? ""
  }
  const video = await call(anna, "r-1", "generate_video", { prompt: "a lighthouse" })
  expect(await call(anna, "r-2", "generate_video", { prompt: "a lighthouse" })).toBe(video)
  await kling.injectFault({ fault: "refuse", code: 1301, on: "new.t2v.*" })
  await call(ben, "r-3", "generate_video", { prompt: "a forbidden lighthouse" })
  await kling.clearFaults()
  const image = await call(ben, "r-4", "generate_image", { prompt: "a lighthouse" })
  await kling.finishTasks()
  await call(anna, "r-5", "wait_for_task", { task_id: video })
  await call(ben, "r-6", "wait_for_task", { task_id: image })
  const { charges } = await kling.ledger()
  const written = readFileSync(file, "utf8")
  await hosted.close()

  const entries = written
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Entry)
  const handlesOf = (event: string) => entries.filter((entry) => entry.event === event).map(({ handle }) => handle)
  const charged = charges.map(({ externalTaskId }) => externalTaskId).toSorted()
  expect(charged).toEqual([image, video].toSorted())
  expect(handlesOf("accepted").toSorted()).toEqual(charged)
  expect(handlesOf("succeeded").toSorted()).toEqual(charged)
  expect(handlesOf("sending")).toEqual(expect.arrayContaining(charged))
  expect(handlesOf("sending")).toHaveLength(3)
  expect(handlesOf("refused")).toEqual([handlesOf("sending").find((handle) => !charged.includes(handle))])
  const sendings = entries.filter(({ event }) => event === "sending")
  expect(sendings.map(({ principal, requestId }) => [principal, requestId])).toEqual([
    ["key:anna", "r-1"],
    ["key:ben", "r-3"],
    ["key:ben", "r-4"]
  ])
  expect(sendings.every(({ quotedUsd = 0 }) => quotedUsd > 0)).toBe(true)
  expect(written).not.toContain("lighthouse")
})

it("a server whose audit log cannot be written does not start", async () => {
  const program = start("klingkit-mcp-http", ["--port", "0"], { KLINGKIT_AUDIT_LOG: "/nowhere/audit.jsonl" })
  expect((await program.ended).code).toBe(2)
  expect(program.stderr).toContain("KLINGKIT_AUDIT_LOG: /nowhere/audit.jsonl cannot be written")
})
