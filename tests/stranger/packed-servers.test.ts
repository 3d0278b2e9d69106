import { Client } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { ALL_FORMATS, FilePathSource, Input } from "mediabunny"
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { root } from "../house/source-file.ts"
import { freshKling } from "../mcp/emulated-kling.ts"
import { followHints } from "./hint-following-client.ts"

const run = promisify(execFile)
/** Both servers, packed as they would be published. */
const packages = ["mcp-stdio", "mcp-http"]

/** An empty folder and an empty home, with nothing of this checkout reachable from there. */
let sandbox: string
let folder: string
let env: Record<string, string>
let kling: Awaited<ReturnType<typeof freshKling>>

beforeAll(async () => {
  kling = await freshKling()
  sandbox = mkdtempSync(join(tmpdir(), "klingkit-stranger-"))
  folder = join(sandbox, "empty")
  for (const name of ["packed", "home", "empty"]) mkdirSync(join(sandbox, name))
  env = {
    HOME: join(sandbox, "home"),
    PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
    // Keeps npm from checking for updates.
    NO_UPDATE_NOTIFIER: "1"
  }
  const pnpm = join(root, "node_modules", ".bin", "pnpm")
  const packed = join(sandbox, "packed")
  for (const app of packages) {
    // As setup built it: other tests use the same build concurrently.
    const args = ["pack", "--config.ignore-scripts=true", "--pack-destination", packed]
    await run(pnpm, args, { cwd: join(root, "apps", app) })
  }
  const files = readdirSync(packed).map((name) => join(packed, name))
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...files], { cwd: folder, env })
})

afterAll(async () => {
  await kling.close()
  rmSync(sandbox, { recursive: true, force: true })
})

/** Starts the server as a host's configuration would: `npx klingkit-mcp`. */
const connected = async (settings: Readonly<Record<string, string>>) => {
  const client = new Client({ name: "hint-following-client", version: "1" })
  const transport = new StdioClientTransport({
    command: "npx",
    args: ["--offline", "klingkit-mcp"],
    cwd: folder,
    env: { ...env, ...settings },
    stderr: "ignore"
  })
  await client.connect(transport)
  return client
}

describe("the packed servers in an empty folder", () => {
  it("install two packages without dependencies", () => {
    const installed = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."))
    expect(installed.toSorted()).toEqual(["klingkit-mcp", "klingkit-mcp-http"])
  })

  it("lead from nothing to a saved video by their own hints alone", async () => {
    const request = { prompt: "A red fox followHintss through fresh snow" }
    const keyless = await connected({})
    const [first, ...more] = await followHints(keyless, request)
    await keyless.close()
    expect(more).toEqual([])
    // The user does what the answer says, and starts it again.
    expect(first?.answer).toMatch(/^Next: set KLINGAI_API_KEY, .* in this server's environment and restart it$/m)

    const { KLINGAI_API_KEY, KLINGAI_BASE_URL } = kling.env
    const client = await connected({ KLINGAI_API_KEY, KLINGAI_BASE_URL })
    const steps = await followHints(client, request)
    await client.close()
    const called = steps.map(({ tool }) => tool)
    expect(called[0]).toBe("generate_video")
    expect(called.at(-1)).toBe("download_task")
    expect(new Set(called.slice(1, -1))).toEqual(new Set(["wait_for_task"]))
    for (const { hint, tool } of steps) expect(hint).toContain(tool)

    const path = /^- Path: (.*\.mp4)$/m.exec(steps.at(-1)?.answer ?? "")?.[1] ?? ""
    expect(dirname(path)).toBe(join(sandbox, "home", "klingkit"))
    const { frames, ...video } = await inspectVideo(path)
    expect(video).toEqual({ codec: "avc", seconds: 5 })
    expect(frames).toBeGreaterThan(50)
    expect((await kling.ledger()).charges).toMatchObject([{ units: 3 }])
  })

  it("start the HTTP server the same way", async () => {
    const help = await run("npx", ["--offline", "klingkit-mcp-http", "--help"], { cwd: folder, env })
    expect(help.stdout).toContain("MCP is at /mcp")
  })
})

/** What a player would find: the video track, with all its packets. */
const inspectVideo = async (path: string) => {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS })
  const track = await input.getPrimaryVideoTrack()
  if (track === null) throw new Error(`${path} has no video track`)
  const { packetCount } = await track.computePacketStats()
  return { codec: track.codec, seconds: Math.round(await input.computeDuration()), frames: packetCount }
}
