import { Client } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { execFile, spawn } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { root } from "../house/source-file.ts"

// A model is added to a copy of the sources, as a contributor would add it, and used through every face of that copy.
const model = "packages/core/src/operations/testing/kling-3-1.ts"
const catalog = "packages/core/src/operations/catalog.ts"

let copy: string
let env: Readonly<Record<string, string>>
let stopEmulator: () => void

/** Adds the model's entry to the catalog: its import and its line. */
const addToCatalog = (text: string): string =>
  text
    .replace(/^import \* as kling4 /m, `import * as kling31 from "./testing/kling-3-1.ts"\n$&`)
    .replace(/^ {2}"kling-4": kling4,\n/m, `  "kling-3-1": kling31,\n$&`)

beforeAll(async () => {
  copy = realpathSync(mkdtempSync(join(tmpdir(), "klingkit-new-model-")))
  const isSource = (path: string) => basename(path) !== "dist" && !path.endsWith(".test.ts")
  for (const floor of ["packages", "apps"]) {
    cpSync(join(root, floor), join(copy, floor), { recursive: true, verbatimSymlinks: true, filter: isSource })
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction")
  writeFileSync(join(copy, catalog), addToCatalog(readFileSync(join(root, catalog), "utf8")))
  mkdirSync(join(copy, "home"))

  const emulator = spawn(process.execPath, [join(copy, "apps/cli/src/main.ts"), "emulator", "--speed", "1000000"], {
    stdio: ["ignore", "pipe", "ignore"],
    env: {}
  })
  stopEmulator = () => emulator.kill("SIGINT")
  const line = await new Promise<string>((resolve, reject) => {
    emulator.stdout.once("data", (data: Buffer) => resolve(String(data)))
    emulator.once("close", () => reject(new Error("the emulator did not start")))
  })
  const { url, apiKey } = JSON.parse(line) as { url: string; apiKey: string }
  env = { HOME: join(copy, "home"), KLINGAI_BASE_URL: url, KLINGAI_API_KEY: apiKey }
})

afterAll(() => {
  stopEmulator()
  rmSync(copy, { recursive: true, force: true })
})

const run = async (file: string, ...args: ReadonlyArray<string>): Promise<unknown> => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(copy, file), ...args], {
    cwd: join(copy, "home"),
    env
  })
  return JSON.parse(stdout)
}

/** The last charge of the emulated account. */
const lastCharge = async (): Promise<unknown> => {
  const { charges } = (await (await fetch(`${env["KLINGAI_BASE_URL"]}/_emulator/ledger`)).json()) as {
    charges: ReadonlyArray<{ readonly operation: string; readonly units: number }>
  }
  return charges.at(-1)
}

describe("a new model", () => {
  it("is one file of at most 60 lines and an entry in the catalog", () => {
    expect(readFileSync(join(root, model), "utf8").split("\n").length - 1).toBeLessThanOrEqual(60)
    const [before, after] = [root, copy].map((folder) => readFileSync(join(folder, catalog), "utf8").split("\n"))
    expect(after?.filter((line) => !before?.includes(line))).toEqual([
      'import * as kling31 from "./testing/kling-3-1.ts"',
      '  "kling-3-1": kling31,'
    ])
  })

  it("is usable at the command line", async () => {
    const args = ["video", "create", "a fox", "--model", "kling-3.1", "--duration", "4", "--yes", "--wait", "--json"]
    expect(await run("apps/cli/src/main.ts", ...args)).toMatchObject({ status: "succeed" })
    expect(await lastCharge()).toMatchObject({ operation: "new.t2v.kling-3.1", units: 4 })
    expect(JSON.stringify(await run("apps/cli/src/main.ts", "models", "list", "--json"))).toContain("kling-3.1")
  })

  it("is usable by agents", async () => {
    const client = new Client({ name: "new-model", version: "1" })
    const entry = join(copy, "apps/mcp-stdio/src/main.ts")
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [entry], env }))
    const call = (duration: number) =>
      client.callTool({
        name: "generate_video",
        arguments: { prompt: "a fox", model_name: "kling-3.1", resolution: "1080p", duration }
      })
    const refused = await call(9)
    expect(JSON.stringify(refused)).toContain("duration 9 is not supported by kling-3.1 (2 to 8 s); did you mean 8?")
    expect(await call(6)).not.toMatchObject({ isError: true })
    expect(await lastCharge()).toMatchObject({ operation: "new.t2v.kling-3.1", units: 9 })
    await client.close()
  })

  it("is usable in programs, with jobs and without", async () => {
    writeFileSync(join(copy, "packages/jobs/program.ts"), program)
    expect(await run("packages/jobs/program.ts")).toEqual([
      { path: "/text-to-video/kling-3.1", usd: 1.12 },
      "succeed",
      "succeed"
    ])
    expect(await lastCharge()).toMatchObject({ operation: "new.i2v.kling-3.1", units: 5 })
  })
})

/** Plans the model by its name, then pays for one operation of it by each client. */
const program = `
import { createKling, describeRequest, planVideo } from "@klingkit/core"
import { createJobs } from "@klingkit/jobs/promise"
import { Effect } from "effect"

const plan = await Effect.runPromise(planVideo({ model: "kling-3.1", prompt: "a fox", durationSeconds: 8 }, "api-key"))
const kling = createKling()
const { handle } = await kling.submit("new.t2v.kling-3.1", { prompt: "a fox" })
const task = await kling.wait(handle)
await kling.close()
const jobs = createJobs()
const submitted = await jobs.submit("new.i2v.kling-3.1", { firstFrame: "https://example.com/fox.png" })
const job = await jobs.wait(submitted.handle)
await jobs.close()
const planned = { path: describeRequest(plan).path, usd: plan.quote.priceUsd }
process.stdout.write(JSON.stringify([planned, task.status, job.task.status]))
`
