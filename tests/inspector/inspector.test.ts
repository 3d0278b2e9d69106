import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { commandOf } from "../mcp/server-process.ts"

const launcher = new URL(
  "../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
  import.meta.url
)
const { command, entry } = commandOf("klingkit-mcp")
const server = [command, entry, "--toolsets", "all"]

/** The Inspector keeps its settings in the home folder. */
let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "klingkit-inspector-"))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Runs the MCP Inspector on the built server with all its tools. */
const inspect = (...args: ReadonlyArray<string>) =>
  new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const all = [fileURLToPath(launcher), "--cli", ...args, "--", ...server]
    const child = execFile(process.execPath, all, { env: { HOME: home } }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    )
  })

describe("the MCP Inspector", () => {
  it.each(["legacy", "modern"])("accepts every tool's schema (%s)", async (era) => {
    const strict = await inspect("--method", "tools/list", "--strict", "--format", "json", "--protocol-era", era)
    expect(strict).toMatchObject({ code: 0, stderr: "" })
    const { result } = JSON.parse(strict.stdout) as { readonly result: { readonly tools: ReadonlyArray<unknown> } }
    expect(result.tools.length).toBeGreaterThanOrEqual(24)
  })

  it("finds the board on every tool whose results show the status of tasks, and on no other", async () => {
    const { code, stdout } = await inspect("--method", "tools/list", "--app-info")
    const lines = stdout.trim().split("\n")
    const listed = lines.map((line) => JSON.parse(line) as { readonly toolName: string; readonly hasApp: boolean })
    expect(code).toBe(0)
    expect(listed.filter(({ hasApp }) => !hasApp).map(({ toolName }) => toolName)).toEqual([
      "download_task",
      "list_models",
      "get_resource_packages",
      "get_account_balance",
      "spend",
      "quote_cost",
      "find_tool",
      "describe_image",
      "board_tasks"
    ])
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      hasApp: true,
      toolName: "generate_video",
      resourceUri: "ui://klingkit/board",
      resourceMimeType: "text/html;profile=mcp-app",
      csp: { resourceDomains: ["https://*.klingai.com", "https://*.kechuangai.com"], connectDomains: [] },
      permissions: { clipboardWrite: {} },
      prefersBorder: true
    })
  })
})
