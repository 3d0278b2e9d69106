import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { commandOf, startHttp } from "../mcp/server-process.ts"
import { startScriptedModel } from "./scripted-model.ts"

const run = promisify(execFile)
/** Installed into a folder of this test: with their platforms' binaries they have 760 MB. */
const versions = ["@anthropic-ai/claude-code@2.1.197", "@openai/codex@0.171.0", "@google/gemini-cli@0.61.0"]
const { command, entry } = commandOf("klingkit-mcp")

let sandbox: string
let kling: Awaited<ReturnType<typeof freshKling>>
let http: Awaited<ReturnType<typeof startHttp>>

beforeAll(async () => {
  kling = await freshKling()
  http = await startHttp(kling.env)
  sandbox = mkdtempSync(join(tmpdir(), "klingkit-hosts-"))
  for (const folder of ["home", "work", "installed"]) mkdirSync(join(sandbox, folder))
  const cwd = join(sandbox, "installed")
  writeFileSync(join(cwd, "package.json"), "{}")
  await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...versions], { cwd })
  // What its install script does: it puts the binary of this platform in place.
  await run(process.execPath, [join(cwd, "node_modules/@anthropic-ai/claude-code/install.cjs")], { cwd })
}, 240_000)
afterAll(async () => {
  http.program.child.kill("SIGTERM")
  await http.program.ended
  await kling.close()
  rmSync(sandbox, { recursive: true, force: true })
})

/** Runs a host as a new user has it: with an empty home, and without an account. */
const host = async (
  name: "claude" | "codex" | "gemini",
  args: ReadonlyArray<string>,
  more: Record<string, string> = {}
) => {
  const env = {
    HOME: join(sandbox, "home"),
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    GEMINI_CLI_TRUST_WORKSPACE: "true",
    ...more
  }
  const running = run(join(sandbox, "installed/node_modules/.bin", name), [...args], {
    cwd: join(sandbox, "work"),
    env,
    timeout: 100_000
  })
  running.child.stdin?.end()
  const { stdout, stderr } = await running
  return `${stdout}${stderr}`
}

describe("the command line of", () => {
  it("Claude Code connects to both servers", async () => {
    await host("claude", ["mcp", "add", "stdio", "--", command, entry])
    await host("claude", ["mcp", "add", "--transport", "http", "http", http.url])
    const list = await host("claude", ["mcp", "list"])
    expect(list).toMatch(/^stdio: .* - ✔ Connected$/m)
    expect(list).toMatch(/^http: .* - ✔ Connected$/m)
  })

  it("Gemini CLI connects to both servers", async () => {
    await host("gemini", ["mcp", "add", "--scope", "user", "stdio", command, entry])
    await host("gemini", ["mcp", "add", "--scope", "user", "--transport", "http", "http", http.url])
    const list = await host("gemini", ["mcp", "list"])
    expect(list).toMatch(/✓ stdio: .* - Connected$/m)
    expect(list).toMatch(/✓ http: .* - Connected$/m)
  })

  it("Codex takes both servers into its configuration", async () => {
    await host("codex", ["mcp", "add", "stdio", "--", command, entry])
    await host("codex", ["mcp", "add", "http", "--url", http.url])
    const list = await host("codex", ["mcp", "list"])
    expect(list).toMatch(/^stdio .* enabled /m)
    expect(list).toMatch(/^http .* enabled /m)
  })

  it("Gemini CLI makes one paid call for one request, though its model asks twice", async () => {
    const model = await startScriptedModel({ prompt: "a fox by the sea", wait_for_previous: true })
    const settings = {
      security: { auth: { selectedType: "gemini-api-key" } },
      mcpServers: { klingkit: { command, args: [entry], env: kling.env } }
    }
    mkdirSync(join(sandbox, "home/.gemini"), { recursive: true })
    writeFileSync(join(sandbox, "home/.gemini/settings.json"), JSON.stringify(settings))
    const env = { GOOGLE_GEMINI_BASE_URL: model.url, GEMINI_API_KEY: "none" }
    try {
      expect(await host("gemini", ["-p", "draw a fox", "--yolo", "--model", "scripted"], env)).toContain("It is made.")
    } finally {
      await model.close()
    }
    expect(model.results).toEqual([
      expect.stringContaining("Task ID: kk-img-"),
      expect.stringContaining("Task ID: kk-img-")
    ])
    expect((await kling.ledger()).tasks).toHaveLength(1)
  })
})
