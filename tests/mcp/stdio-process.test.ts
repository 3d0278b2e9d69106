import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshKling } from "./emulated-kling.ts"
import { start, type Started } from "./server-process.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let folder: string

beforeAll(async () => {
  kling = await freshKling()
  folder = mkdtempSync(join(tmpdir(), "klingkit-stdio-"))
})
afterAll(async () => {
  await kling.close()
  rmSync(folder, { recursive: true, force: true })
})

interface ListedTool {
  readonly name: string
  readonly annotations: { readonly readOnlyHint?: boolean }
}

const send = ({ child }: Started, message: object): void => {
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)
}
const initialize = {
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bare", version: "1" } }
}
const toolCall = (id: number, name: string, args: object) => ({
  id,
  method: "tools/call",
  params: { name, arguments: args }
})

const opened = async (env: Readonly<Record<string, string>>, args: ReadonlyArray<string> = []) => {
  const program = start("klingkit-mcp", args, env)
  send(program, initialize)
  await program.says(/"id":0[,}]/)
  send(program, { method: "notifications/initialized" })
  return program
}

/** Ends a process in some way, and measures how long it takes. */
const endedBy = async (program: Started, end: () => unknown) => {
  const from = performance.now()
  end()
  const { code, at } = await program.ended
  return { code, millis: at - from }
}
const disconnect = (program: Started) => endedBy(program, () => program.child.stdin.end())

/** A module that Node loads before the server: what a bad dependency might do. */
const preloaded = (name: string, code: string): string => {
  const file = join(folder, `${name}.mjs`)
  writeFileSync(file, code)
  return `--import=${file}`
}

describe("the stdio server", () => {
  it("writes nothing but JSON-RPC to stdout, whatever its dependencies print", async () => {
    const noisy = preloaded(
      "noisy",
      `const real = globalThis.fetch
       globalThis.fetch = (...args) => {
         console.log("noise by console.log")
         console.table([{ noise: 1 }])
         process.stdout.write("noise by stdout.write\\n")
         return real(...args)
       }`
    )
    const program = await opened({ ...kling.env, NODE_OPTIONS: noisy })
    send(program, toolCall(1, "generate_image", { prompt: "a cat" }))
    await program.says(/"id":1[,}]/)
    await disconnect(program)
    const lines = program.stdout.trimEnd().split("\n")
    expect(lines.map((line) => (JSON.parse(line) as { readonly jsonrpc: string }).jsonrpc)).toEqual(["2.0", "2.0"])
    expect(program.stderr).toContain("noise by console.log")
    expect(program.stderr).toContain("noise by stdout.write")
  })

  it("answers a line over its limit by its id while a call is in flight, and lives on", async () => {
    const program = await opened(kling.env)
    await kling.injectFault({ fault: "slow", on: "new.t2v.*", delayMs: 1000 })
    send(program, toolCall(1, "generate_video", { prompt: "a cat in a long line" }))
    const { stdin } = program.child
    stdin.write('{"jsonrpc":"2.0","method":"tools/call","params":{"name":"generate_image","arguments":{"image_url":"')
    const megabyte = "A".repeat(1024 * 1024)
    for (let written = 0; written <= 160; written += 1) {
      if (!stdin.write(megabyte)) await new Promise((resolve) => stdin.once("drain", resolve))
    }
    stdin.write('"}},"id":"large"}\n')
    const [refusal] = await program.says(/^.*"id":"large".*$/m)
    expect(refusal).toContain("at most 167772160")
    expect(program.stderr).toContain('refused request "large"')
    await program.says(/"task_id":"kk-t2v-\w+".*"id":1[,}]/)
    send(program, { id: 2, method: "ping" })
    await program.says(/"id":2[,}]/)
    await disconnect(program)
  })

  it("takes several images of 10 MB, as base64 in one line", async () => {
    const program = await opened(kling.env)
    const image = "A".repeat((10_000_000 * 4) / 3)
    send(program, toolCall(1, "quote_cost", { tool: "edit_image", arguments: { image_urls: Array(4).fill(image) } }))
    const [answer] = await program.says(/^.*"id":1[,}].*$/m)
    expect(answer).toContain('"result"')
    await disconnect(program)
  })

  it("answers what was asked before its host disconnected, in time or with an error", async () => {
    const piped = start("klingkit-mcp", [], kling.env)
    await kling.injectFault({ fault: "slow", on: "new.t2v.*", delayMs: 300 })
    send(piped, initialize)
    send(piped, toolCall(1, "generate_video", { prompt: "a cat at the end of a pipe" }))
    send(piped, toolCall(2, "no_such_tool", {}))
    // The last line has no end.
    piped.child.stdin.end(JSON.stringify({ jsonrpc: "2.0", id: 3, method: "ping" }))
    expect((await piped.ended).code).toBe(0)
    expect(piped.stdout).toMatch(/"task_id":"kk-t2v-\w+".*"id":1[,}]/)
    for (const id of [0, 2, 3]) expect(piped.stdout).toMatch(new RegExp(`"id":${id}[,}]`))

    const waiting = await opened(kling.env)
    await kling.injectFault({ fault: "late-visibility", seconds: 600 })
    send(waiting, toolCall(3, "generate_video", { prompt: "a cat that is waited for" }))
    const [, task_id = ""] = await waiting.says(/"task_id":"(kk-t2v-\w+)"/)
    send(waiting, toolCall(4, "wait_for_task", { task_id }))
    const { code } = await disconnect(waiting)
    expect(code).toBe(0)
    expect(waiting.stdout).toMatch(
      /"id":4,"error":\{"code":-32000,"message":"The server ends, because its client has disc/
    )
  })

  it("ends soon after its host disconnects, idle or while waiting for a task", async () => {
    const idle = await disconnect(await opened({ HOME: folder }))
    expect(idle.code).toBe(0)
    expect(idle.millis).toBeLessThan(2000)

    const program = await opened(kling.env)
    await kling.injectFault({ fault: "late-visibility", seconds: 600 })
    send(program, toolCall(1, "generate_video", { prompt: "a cat" }))
    const [, task_id = ""] = await program.says(/"task_id":"(kk-t2v-\w+)"/)
    const before = (await kling.requests()).length
    send(program, toolCall(2, "wait_for_task", { task_id }))
    await expect.poll(async () => (await kling.requests()).length).toBeGreaterThan(before)
    const waiting = await disconnect(program)
    expect(waiting.code).toBe(0)
    expect(waiting.millis).toBeLessThan(2000)
  })

  it("persists Kling's answer to a submission when its host disconnects during it", async () => {
    const before = (await kling.ledger()).tasks.length
    await kling.injectFault({ fault: "slow", on: "new.t2v.*", delayMs: 700 })
    const program = await opened(kling.env)
    send(program, toolCall(1, "generate_video", { prompt: "a cat on a roof" }))
    await expect.poll(async () => (await kling.ledger()).tasks.length).toBeGreaterThan(before)
    const { code, millis } = await disconnect(program)
    expect(code).toBe(0)
    expect(millis).toBeLessThan(2000)
    expect((await kling.ledger()).tasks).toHaveLength(before + 1)
    expect(kling.rows().at(-1)).toMatchObject({ state: "ACCEPTED", task_id: expect.any(String) })
    expect(program.stderr).toBe("")
  })

  it.each<[string, (program: Started) => unknown]>([
    ["stopped by SIGTERM", ({ child }) => child.kill("SIGTERM")],
    ["when its stdout is closed", ({ child }) => child.stdout.destroy()],
    ["killed", ({ child }) => child.kill("SIGKILL")]
  ])(
    "%s during a submission, it ends at once, and the next process knows the task",
    async (how, end) => {
      const args = { prompt: `a cat, and then the process is ${how}` }
      const before = (await kling.ledger()).tasks.length
      await kling.injectFault({ fault: "slow", delayMs: 700 })
      const program = await opened(kling.env)
      send(program, toolCall(1, "generate_video", args))
      await expect.poll(async () => (await kling.ledger()).tasks.length).toBeGreaterThan(before)
      // A second request ensures that it has something to write.
      const { millis } = await endedBy(program, () => {
        end(program)
        send(program, { id: 2, method: "tools/list" })
      })
      expect(millis).toBeLessThan(2000)

      const next = await opened(kling.env)
      send(next, toolCall(1, "generate_video", args))
      const [, task_id = ""] = await next.says(/"task_id":"(kk-t2v-\w+)"/)
      await kling.finishTasks()
      await disconnect(next)
      const { tasks, charges } = await kling.ledger()
      expect(tasks).toHaveLength(before + 1)
      expect(charges.filter((charge) => charge.externalTaskId === task_id)).toHaveLength(1)
    },
    90_000
  )

  it("keeps running, and leaks no secret, when something fails in the background or stderr is closed", async () => {
    const secret = "sk-background-canary"
    const careless = preloaded(
      "careless",
      `const real = globalThis.fetch
       globalThis.fetch = (...args) => {
         Promise.reject(new Error("Invalid header value: Bearer ${secret}"))
         Promise.reject("${secret}")
         return real(...args)
       }`
    )
    const program = await opened({ ...kling.env, NODE_OPTIONS: careless })
    send(program, toolCall(1, "get_account_balance", {}))
    await program.says(/"id":1[,}]/)
    await program.says(/background failure \(Error at .*careless\.mjs/)
    program.child.stderr.destroy()
    for (const id of [2, 3]) {
      send(program, toolCall(id, "get_account_balance", {}))
      await program.says(new RegExp(`"id":${id}[,}]`))
    }
    expect((await disconnect(program)).code).toBe(0)
    expect(program.stdout + program.stderr).not.toContain(secret)
  })

  it("starts and answers without network and key, and opens no connection", async () => {
    const offline = preloaded(
      "offline",
      `import { Socket } from "node:net"
       import dns from "node:dns"
       const refused = (what) => () => { process.stderr.write("CONNECTION " + what + "\\n"); throw new Error("no network") }
       Socket.prototype.connect = refused("socket")
       dns.lookup = refused("dns")`
    )
    const program = await opened({ HOME: folder, NODE_OPTIONS: offline })
    send(program, { id: 1, method: "tools/list" })
    await program.says(/"generate_video"/)
    for (const [index, name] of ["generate_video", "list_tasks", "get_account_balance"].entries()) {
      send(program, toolCall(index + 2, name, name === "generate_video" ? { prompt: "x" } : {}))
      await program.says(
        new RegExp(`set KLINGAI_API_KEY, or KLINGAI_ACCESS_KEY and KLINGAI_SECRET_KEY.*"id":${index + 2}`)
      )
    }
    await disconnect(program)
    expect(program.stderr).not.toContain("CONNECTION")
  })

  it("offers nothing that spends or writes in read-only mode", async () => {
    const program = await opened(kling.env, ["--toolsets", "all", "--read-only"])
    send(program, { id: 1, method: "tools/list" })
    const [list] = await program.says(/\{.*"id":1[,}].*/)
    const { tools } = (JSON.parse(list) as { readonly result: { readonly tools: ReadonlyArray<ListedTool> } }).result
    expect(tools.map(({ name }) => name).toSorted()).toEqual([
      "board_tasks",
      "check_image_status",
      "check_video_status",
      "find_tool",
      "get_account_balance",
      "get_resource_packages",
      "list_models",
      "list_tasks",
      "quote_cost",
      "spend",
      "wait_for_task"
    ])
    expect(tools.filter(({ annotations }) => annotations.readOnlyHint !== true)).toEqual([])
    for (const [index, name] of ["generate_video", "download_task", "call_kling_api"].entries()) {
      send(program, toolCall(index + 2, name, { prompt: "x" }))
      const [line = ""] = await program.says(new RegExp(`\\{.*"id":${index + 2}[,}].*`))
      const { result } = JSON.parse(line) as {
        readonly result: { readonly isError: boolean; readonly content: unknown }
      }
      expect(result.isError).toBe(true)
      expect(JSON.stringify(result.content)).toContain(`${name} is a tool that this server does not offer`)
      expect(JSON.stringify(result.content)).toContain("its operator starts it without --read-only")
    }
    await disconnect(program)
  })

  it("offers the selected toolsets, by flag before environment variable", async () => {
    const program = await opened({ HOME: folder, KLINGKIT_TOOLSETS: "nonsense" }, ["--toolsets", "core", "--read-only"])
    send(program, { id: 1, method: "tools/list" })
    const [list = ""] = await program.says(/\{.*"id":1[,}].*/)
    await disconnect(program)
    expect(list).toContain('"check_image_status"')
    expect(list).not.toContain('"generate_video"')
  })

  it.each([
    [["--help"], 0, /^klingkit-mcp: Kling AI for agents/],
    [["--version"], 0, /^\d+\.\d+\.\d+\n$/]
  ])("answers %j and ends", async (args, code, output) => {
    const program = start("klingkit-mcp", args)
    expect((await program.ended).code).toBe(code)
    expect(program.stdout).toMatch(output)
  })

  it.each([
    [["--tolsets=core"], {}, "Unknown option '--tolsets'"],
    [["core"], {}, "Unexpected argument 'core'"],
    [["--toolsets", "cor"], {}, 'toolsets has no "cor": core, studio, raw, all; nearest: core'],
    [[], { KLINGKIT_TOOLSETS: "nonsense" }, 'toolsets has no "nonsense"'],
    [[], { KLINGKIT_RESULT_LINKS: "none" }, "KLINGKIT_RESULT_LINKS must be on or off"]
  ])("refuses %j %j with one line", async (args, env, message) => {
    const program = start("klingkit-mcp", args, env)
    expect((await program.ended).code).toBe(2)
    expect(program.stdout).toBe("")
    expect(program.stderr).toContain(message)
    expect(program.stderr).not.toMatch(/\n\s+at /)
  })
})
