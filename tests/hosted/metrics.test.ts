import parseMetrics from "parse-prometheus-text-format"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { start } from "../mcp/server-process.ts"
import { startHosted } from "./hosted-server.ts"

type Hosted = Awaited<ReturnType<typeof startHosted>>
let hosted: Hosted
let operations: string
beforeAll(async () => {
  // Tasks end when the test says so.
  const kling = await freshKling({ speed: 0.001 })
  hosted = await startHosted({ KLINGKIT_METRICS: "127.0.0.1:0" }, { kling })
  operations = (await hosted.says(/metrics and health checks on (http:\S+)\/metrics/))[1] ?? ""
})
afterAll(() => hosted.close())

const read = async () => {
  const response = await fetch(`${operations}/metrics`)
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8")
  const text = await response.text()
  const families = parseMetrics(text)
  /** The sum of the samples of a metric that have these labels; the number of observations of a histogram. */
  const valueOf = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    (families.find((family) => family.name === name)?.metrics ?? [])
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels?.[label] === value))
      .reduce((sum, { value, count }) => sum + Number(value ?? count), 0)
  return { text, families, valueOf }
}

const call = async (name: string, args: Readonly<Record<string, unknown>>) => {
  const response = await fetch(hosted.url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } })
  })
  return response.text()
}

const prompt = "a lighthouse that nobody may read of"

describe("the metrics of a server", () => {
  it("count what happens to a job, from the call of the tool to the spend", async () => {
    const answer = await call("generate_video", { prompt })
    expect(answer).toContain("kk-t2v-")
    const [, handle = ""] = /(kk-t2v-\w+)/.exec(answer) ?? []
    // On a busy machine the tool answers before Kling does.
    const unfinished = async () => (await read()).text.match(/^klingkit_jobs\{.*$/gm)
    await expect.poll(unfinished).toContain('klingkit_jobs{state="accepted"} 1')
    expect((await read()).valueOf("klingkit_slots_in_use")).toBe(1)
    await hosted.kling.advance(3_600_000)
    expect(await call("wait_for_task", { task_id: handle })).toContain("succeed")
    await call("check_video_status", { task_id: "kk-t2v-0" })
    await fetch(`${hosted.origin}/nowhere/${handle}`)

    const { families, valueOf, text } = await read()
    expect(valueOf("klingkit_tool_calls_total", { tool: "generate_video", outcome: "ok" })).toBe(1)
    expect(valueOf("klingkit_tool_calls_total", { tool: "check_video_status", outcome: "error" })).toBe(1)
    expect(valueOf("klingkit_http_requests_total", { route: "/mcp", method: "POST", status: "200" })).toBe(3)
    expect(valueOf("klingkit_http_requests_total", { route: "none", status: "404" })).toBe(1)
    for (const state of ["sending", "accepted", "succeeded"]) {
      expect([state, valueOf("klingkit_job_transitions_total", { state })]).toEqual([state, 1])
    }
    expect(valueOf("klingkit_kling_requests_total", { kind: "submit", outcome: "ok" })).toBe(1)
    expect(valueOf("klingkit_kling_requests_total", { kind: "read", outcome: "ok" })).toBeGreaterThan(0)
    // The parser adds up histograms that have labels.
    expect(text).toContain('klingkit_kling_request_seconds_count{kind="submit"} 1\n')
    expect(text).toContain('klingkit_job_seconds_count{family="t2v"} 1\n')
    expect(valueOf("klingkit_job_queue_seconds")).toBe(1)
    const [charge] = (await hosted.kling.ledger()).charges
    expect(charge).toMatchObject({ externalTaskId: handle })
    expect(valueOf("klingkit_spend_usd_total")).toBeGreaterThan(0)
    expect(valueOf("klingkit_jobs")).toBe(0)
    expect(valueOf("klingkit_slots_in_use")).toBe(0)
    expect(valueOf("klingkit_ledger_up")).toBe(1)
    expect(valueOf("process_cpu_seconds_total")).toBeGreaterThan(0)
    expect(valueOf("process_resident_memory_bytes")).toBeGreaterThan(1e7)
    // Those of Effect's cluster have no help.
    const own = families.filter(({ name }) => !name.startsWith("effect_cluster_"))
    expect(own.every(({ name, help }) => /^(klingkit|process|nodejs)_/.test(name) && help !== "")).toBe(true)
    expect(valueOf("effect_cluster_entities")).toBe(1)
    expect(text).not.toMatch(new RegExp(`lighthouse|${handle}|nowhere`))
  })

  it("have few series, however many calls there are", async () => {
    const before = (await read()).text.split("\n").length
    for (let index = 0; index < 20; index++) {
      await call(`tool_${index}`, {})
      await call("check_video_status", { task_id: `kk-t2v-${index}` })
      await fetch(`${hosted.origin}/${index}`)
    }
    expect((await read()).text.split("\n").length - before).toBeLessThan(15)
  })

  it("are on a port of their own, beside the health checks, and nowhere else", async () => {
    expect((await fetch(`${hosted.origin}/metrics`)).status).toBe(404)
    expect((await fetch(`${operations}/healthz`)).status).toBe(200)
    expect((await fetch(`${operations}/readyz`)).status).toBe(200)
    expect((await fetch(`${operations}/mcp`, { method: "POST" })).status).toBe(404)
    expect((await fetch(`${operations}/metrics`, { method: "POST" })).status).toBe(405)
  })

  it("need a port that is free", async () => {
    const other = start("klingkit-mcp-http", ["--port", "0"], { KLINGKIT_METRICS: new URL(operations).host })
    expect((await other.ended).code).toBe(1)
    expect(other.stderr).toMatch(/port \d+ on 127\.0\.0\.1 is in use; .*KLINGKIT_METRICS/)
  })
})
