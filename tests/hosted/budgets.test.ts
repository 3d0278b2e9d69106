import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { start } from "../mcp/server-process.ts"
import { addKey } from "./access-key.ts"
import { startHosted } from "./hosted-server.ts"

let hosted: Awaited<ReturnType<typeof startHosted>>
beforeAll(async () => {
  // Tasks end when the test says so.
  const kling = await freshKling({ speed: 0.001 })
  hosted = await startHosted({ KLINGKIT_AUTH_KEYS: "on", KLINGKIT_ORGANIZATION: "acme" }, { kling })
})
let log: Promise<string> | undefined
const closed = () => (log ??= hosted.close())
afterAll(closed)

const command = async (...args: ReadonlyArray<string>) => {
  const program = start("klingkit-mcp-http", args, hosted.settings)
  const { code } = await program.ended
  return { code, stdout: program.stdout, stderr: program.stderr }
}

const clientOf = async (name: string, ...owner: ReadonlyArray<string>): Promise<Client> => {
  const key = await addKey(hosted.settings, name, ...owner)
  const client = new Client({ name: "a chat", version: "1" })
  const headers = { authorization: `Bearer ${key}` }
  await client.connect(new StreamableHTTPClientTransport(new URL(hosted.url), { requestInit: { headers } }))
  return client
}

const call = async (client: Client, name: string, args: Readonly<Record<string, unknown>>) => {
  const { content, isError = false, structuredContent } = await client.callTool({ name, arguments: { ...args } })
  const text = content.map((block) => (block.type === "text" ? block.text : "")).join("\n")
  return { text, isError, data: structuredContent as Readonly<Record<string, unknown>> | undefined }
}

const video = (prompt: string) => ({ prompt, model: "kling-3.0", duration: "5" })

/** The callers of the first test, whose tasks are in the report too. */
const earlier: Array<Client> = []

describe("the budget of a person", () => {
  it("counts both of her keys, says when most is used, and refuses before anything is sent", async () => {
    const laptop = await clientOf("laptop", "--person", "anna", "--project", "launch")
    const studio = await clientOf("studio", "--person", "anna")
    const ben = await clientOf("ben", "--person", "ben")
    earlier.push(laptop, studio, ben)
    const { text: quoted } = await call(laptop, "quote_cost", { tool: "generate_video", arguments: video("a quay") })
    const price = Number(/Quote: (\d+\.\d+) USD/.exec(quoted)?.[1])
    expect((await command("budgets", "set", "person", "anna", (price * 1.2).toFixed(2), "--per", "total")).code).toBe(0)

    const paid = await call(laptop, "generate_video", video("a quay"))
    expect(paid.isError).toBe(false)
    expect(paid.text).toMatch(
      /^Note: the budget of person anna, \$\d+\.\d+ in total is 84 % used: \$0\.\d+ is left\.$/m
    )
    expect(paid.data?.["notes"]).toHaveLength(1)

    const before = await hosted.kling.ledger()
    const sent = async () => (await hosted.kling.requests()).filter(({ method }) => method === "POST").length
    const sentBefore = await sent()
    const refused = await call(studio, "generate_video", video("a pier"))
    expect(refused.isError).toBe(true)
    expect(refused.text).toMatch(
      /^Error: the budget of person anna, .* left: .* reserved; the quote of .* would exceed it$/m
    )
    expect(refused.text).toMatch(/^Charged: no$/m)
    expect(refused.text).toMatch(/^Next: .*ask those who run the server to raise the budget of person anna/m)
    expect(refused.text).toContain("Code: LEDGER_BUDGET_EXCEEDED")
    const dry = await call(studio, "quote_cost", { tool: "generate_video", arguments: video("a pier") })
    expect(dry.text).toContain("this call would be refused: the budget of person anna")
    expect(await hosted.kling.ledger()).toEqual(before)
    expect(await sent()).toBe(sentBefore)

    // The same request is not new, and another person is not concerned.
    expect((await call(laptop, "generate_video", video("a quay"))).text).toContain("nothing was sent")
    expect((await call(ben, "generate_video", video("a pier"))).isError).toBe(false)
    expect((await call(studio, "spend", {})).text).toMatch(/^Budget: the budget of person anna, .* has \$0\.\d+ left/m)
    expect((await call(ben, "spend", {})).text).not.toContain("Budget: ")

    const listed = (await command("budgets", "list")).stdout.split("\n")
    expect(listed[0]).toBe("level\tname\tper\tlimit\tcharged\treserved\tunknown\tleft\tresets")
    expect(listed[1]).toMatch(/^person\tanna\ttotal\t/)
    expect((await command("budgets", "remove", "person", "anna")).code).toBe(0)
    expect((await command("budgets", "remove", "person", "anna")).code).toBe(1)
    expect((await call(studio, "generate_video", video("a pier"))).isError).toBe(false)
  })

  it.each([
    [["set", "person", "anna", "20"], "--per must be day, month, total"],
    [["set", "person", "anna", "-1", "--per", "day"], "Unknown option"],
    [["set", "person", "anna", "a lot", "--per", "day"], "is not an amount in USD"],
    [["set", "person", "20", "--per", "day"], "LEVEL NAME USD"],
    [["set", "team", "x", "20", "--per", "day"], "LEVEL is organization"],
    [["set", "person", "two\nlines", "20", "--per", "day"], "cannot name a person"],
    [["list", "--per", "day"], "budgets takes set"]
  ])("budgets %j is refused with the right form", async (args, words) => {
    const { code, stderr } = await command("budgets", ...args)
    expect(code).toBe(2)
    expect(stderr).toContain(words)
  })
})

/** The cells of CSV that has no quotes. */
const cellsOf = (csv: string) =>
  csv
    .split("\r\n")
    .slice(0, -1)
    .map((line) => line.split(","))
const cents = (usd: number) => Math.round(usd * 100)
const sum = (values: ReadonlyArray<number>) => values.reduce((total, value) => total + value, 0)

describe("the report", () => {
  it("adds up to what Kling has charged, after paid, failed, refused, repeated and unfinished requests", async () => {
    const callers = [
      await clientOf("r1", "--person", "=cmd()", "--project", "spring"),
      await clientOf("r2", "--person", "cleo", "--project", "spring"),
      await clientOf("r3", "--person", "cleo")
    ]
    for (const [index, caller] of callers.entries()) {
      // Slots for the next tasks.
      await hosted.kling.advance(200_000)
      await call(caller, "generate_image", { prompt: `a boat ${index}`, n: 2 })
      await call(caller, "generate_video", video(`a boat ${index}`))
      await call(caller, "generate_video", video(`a boat ${index}`))
      await hosted.kling.injectFault({ fault: "fail", message: "Refused." })
      await call(caller, "generate_image", { prompt: `fails ${index}` })
      await hosted.kling.injectFault({ fault: "refuse", code: 1301, message: "no" })
      expect((await call(caller, "generate_image", { prompt: `is refused ${index}` })).isError).toBe(true)
    }
    const unsent = () => hosted.kling.rows().filter(({ state }) => state === "INTENT" || state === "SENDING")
    await expect.poll(unsent, { timeout: 30_000 }).toEqual([])
    await hosted.kling.advance(200_000)
    // Each polls its own.
    const { tasks } = await hosted.kling.ledger()
    for (const caller of [...callers, ...earlier]) {
      for (const { externalTaskId } of tasks) await call(caller, "check_video_status", { task_id: externalTaskId })
    }
    const later = await call(callers[0] as Client, "generate_video", video("still running"))
    expect(later.isError).toBe(false)

    const { charges } = await hosted.kling.ledger()
    for (const by of ["organization", "project", "person", "key", "model", "day"]) {
      const { code, stdout } = await command("report", "--since", "7d", "--by", by)
      expect(code).toBe(0)
      const [head = [], ...rows] = cellsOf(stdout)
      expect(head).toEqual([by, "tasks", "charged_usd", "reserved_usd", "unknown_usd", "total_usd", "units"])
      const column = (title: string) => sum(rows.map((row) => Number(row[head.indexOf(title)])))
      const json = JSON.parse((await command("report", "--since", "7d", "--by", by, "--format", "json")).stdout) as {
        readonly total: Readonly<Record<string, number>>
      }
      for (const title of head.slice(1)) expect(column(title)).toBeCloseTo(json.total[title] ?? -1, 6)
      expect({
        by,
        charged: cents(column("charged_usd")),
        units: cents(column("units")),
        reserved: cents(column("reserved_usd")),
        total: cents(column("total_usd"))
      }).toEqual({
        by,
        charged: cents(sum(charges.map(({ usd }) => usd))),
        units: cents(sum(charges.map(({ units }) => units))),
        reserved: 42,
        total: cents(column("charged_usd") + column("reserved_usd") + column("unknown_usd"))
      })
    }
    const people = cellsOf((await command("report", "--since", "7d", "--by", "person")).stdout).map(([name]) => name)
    expect(people).toContain("'=cmd()")
    expect(people).toContain("cleo")
    expect((await command("report", "--since", "never")).code).toBe(2)
    expect((await command("report", "--by", "mood")).code).toBe(2)
  })
})

describe("the log", () => {
  it("has one line about the budget of which most was used", async () => {
    const lines = (await closed()).split("\n").filter((line) => line.includes("budget"))
    expect(lines).toEqual([expect.stringMatching(/level=WARN .*"the budget of person anna, .* is 84 % used/)])
  })
})
