import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, describe, expect, it } from "vitest"

const main = fileURLToPath(new URL("./main.ts", import.meta.url))
const cleanUp: Array<() => unknown> = []
afterEach(async () => {
  for (const one of cleanUp.splice(0)) await one()
})

/** The emulator as a separate process, as users start it. */
const run = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) => {
  const { KLINGAI_API_KEY: _, ...inherited } = process.env
  const child = spawn(process.execPath, [main, ...args], { env: { ...inherited, ...env } })
  cleanUp.push(() => child.kill("SIGKILL"))
  const output = { out: "", error: "" }
  child.stdout.on("data", (chunk: Buffer) => (output.out += chunk.toString("utf8")))
  child.stderr.on("data", (chunk: Buffer) => (output.error += chunk.toString("utf8")))
  return {
    child,
    output,
    /** The first line on standard output. */
    ready: async (): Promise<Record<string, string>> => {
      while (!output.out.includes("\n")) await once(child.stdout, "data")
      return JSON.parse(output.out.split("\n")[0] ?? "")
    },
    ended: once(child, "close").then(([code]: ReadonlyArray<unknown>) => ({ code, ...output }))
  }
}

describe("klingkit-emulator", () => {
  it("prints its URL and keys as one line of JSON, and exits on SIGTERM", async () => {
    const { child, ready, ended } = run(["--port", "0", "--seed", "5"])
    const keys = await ready()
    expect(Object.keys(keys)).toEqual(["url", "apiKey", "accessKey", "secretKey", "webhookSecret"])
    const headers = { authorization: `Bearer ${keys["apiKey"]}` }
    expect((await fetch(`${keys["url"]}/tasks?task_ids=1`, { headers })).status).toBe(200)
    const slow = JSON.stringify({ faults: [{ fault: "slow", on: "/tasks", delayMs: 3_600_000 }] })
    await fetch(`${keys["url"]}/_emulator/faults`, { method: "POST", body: slow })
    const late = fetch(`${keys["url"]}/tasks?task_ids=1`, { headers }).catch(() => "gone")
    await fetch(`${keys["url"]}/_emulator/state`)
    child.kill("SIGTERM")
    expect(await late).toBe("gone")
    const { code, out, error } = await ended
    expect([code, out.trim().split("\n").length, error]).toEqual([0, 1, ""])
  })

  it("exits with its standard input only with --until-stdin-closes", async () => {
    const { child, ready, ended } = run(["--until-stdin-closes"])
    await ready()
    child.stdin.end()
    expect((await ended).code).toBe(0)
    const other = run([])
    const { url } = await other.ready()
    other.child.stdin.end()
    expect((await fetch(`${url}/_emulator/state`)).status).toBe(200)
  })

  it("starts with the faults from a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "klingkit-emulator-"))
    cleanUp.push(() => rm(folder, { recursive: true }))
    const file = join(folder, "faults.json")
    await writeFile(file, JSON.stringify({ faults: [{ fault: "refuse", code: 5001 }] }))
    const { url } = await run(["--faults", file]).ready()
    const state = await (await fetch(`${url}/_emulator/faults`)).json()
    expect(state.faults).toEqual([{ fault: "refuse", code: 5001, applied: 0 }])
    await writeFile(file, '{"fault": "drop"}')
    const { code, error } = await run(["--faults", file]).ended
    expect([code, error.includes(file)]).toEqual([1, true])
  })

  it("prints its help with every fault", async () => {
    const { code, out } = await run(["--help"]).ended
    expect(code).toBe(0)
    for (const word of ["--seed", "[fail]", "[refuse]", "commit-then-drop", "html-download"])
      expect(out).toContain(word)
  })
})

describe("an error is one sentence without a stack trace", () => {
  const taken = async (): Promise<string> => {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    cleanUp.push(() => server.close())
    return String((server.address() as AddressInfo).port)
  }

  it.each<[string, () => Promise<ReadonlyArray<string>>, Readonly<Record<string, string>>, RegExp]>([
    ["a port in use", async () => ["--port", await taken()], {}, /Port \d+ on 127\.0\.0\.1 is in use/],
    ["a host that is not loopback", async () => ["--host", "0.0.0.0"], {}, /loopback only/],
    ["an invalid port", async () => ["--port", "http"], {}, /--port must be a number from 0 to 65535/],
    ["an unknown flag", async () => ["--sped", "3"], {}, /--sped/],
    ["a missing faults file", async () => ["--faults", "/nowhere.json"], {}, /cannot be read/],
    [
      "a real key in the environment",
      async () => [],
      { KLINGAI_API_KEY: "api-key-kling-0123456789" },
      /looks like a real key/
    ]
  ])("%s", async (_name, args, env, says) => {
    const { code, out, error } = await run(await args(), env).ended
    expect([code, out]).toEqual([1, ""])
    expect(error).toMatch(says)
    expect(error.trim().split("\n")).toHaveLength(1)
    expect(error).not.toContain("0123456789")
  })
})
