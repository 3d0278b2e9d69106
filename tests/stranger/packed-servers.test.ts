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
import { freshKling } from "../mcp/kling.ts"
import { walk } from "./stranger.ts"

const run = promisify(execFile)
/** Both programs that people install, as the registry would get them. */
const packages = ["mcp-stdio", "mcp-http"]

/** An empty folder and an empty home, and nothing of this checkout in reach of what is started there. */
let place: string
let folder: string
let env: Record<string, string>
let kling: Awaited<ReturnType<typeof freshKling>>

beforeAll(async () => {
  kling = await freshKling()
  place = mkdtempSync(join(tmpdir(), "klingkit-stranger-"))
  folder = join(place, "empty")
  for (const name of ["packed", "home", "empty"]) mkdirSync(join(place, name))
  env = {
    HOME: join(place, "home"),
    PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
    // npm asks for news of itself otherwise.
    NO_UPDATE_NOTIFIER: "1"
  }
  const pnpm = join(root, "node_modules", ".bin", "pnpm")
  const packed = join(place, "packed")
  for (const app of packages) {
    // As setup built it: other tests run the same file at this moment.
    const args = ["pack", "--config.ignore-scripts=true", "--pack-destination", packed]
    await run(pnpm, args, { cwd: join(root, "apps", app) })
  }
  const files = readdirSync(packed).map((name) => join(packed, name))
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...files], { cwd: folder, env })
}, 120_000)

afterAll(async () => {
  await kling.close()
  rmSync(place, { recursive: true, force: true })
})

/** Starts the server as the line in a host's settings would: `npx klingkit-mcp`. */
const connected = async (settings: Readonly<Record<string, string>>) => {
  const client = new Client({ name: "stranger", version: "1" })
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

describe("a stranger with the packed servers in an empty folder", () => {
  it("gets two packages that bring no other along", () => {
    const installed = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."))
    expect(installed.toSorted()).toEqual(["klingkit-mcp", "klingkit-mcp-http"])
  })

  it("comes from nothing to a film on the disk by what the tools say, and by that alone", async () => {
    const wish = { prompt: "A red fox walks through fresh snow" }
    const keyless = await connected({})
    const [first, ...more] = await walk(keyless, wish)
    await keyless.close()
    expect(more).toEqual([])
    // The person does what the answer says, and starts it again.
    expect(first?.answer).toMatch(/^Next: set KLINGAI_API_KEY, .* in this server's environment and start it again$/m)

    const { KLINGAI_API_KEY, KLINGAI_BASE_URL } = kling.env
    const client = await connected({ KLINGAI_API_KEY, KLINGAI_BASE_URL })
    const steps = await walk(client, wish)
    await client.close()
    const called = steps.map(({ tool }) => tool)
    expect(called[0]).toBe("generate_video")
    expect(called.at(-1)).toBe("download_task")
    expect(new Set(called.slice(1, -1))).toEqual(new Set(["wait_for_task"]))
    for (const { because, tool } of steps) expect(because).toContain(tool)

    const path = /^- Path: (.*\.mp4)$/m.exec(steps.at(-1)?.answer ?? "")?.[1] ?? ""
    expect(dirname(path)).toBe(join(place, "home", "klingkit"))
    const { frames, ...film } = await filmIn(path)
    expect(film).toEqual({ codec: "avc", seconds: 5 })
    expect(frames).toBeGreaterThan(50)
    expect((await kling.ledger()).charges).toMatchObject([{ units: 3 }])
  }, 90_000)

  it("starts the HTTP server the same way", async () => {
    const help = await run("npx", ["--offline", "klingkit-mcp-http", "--help"], { cwd: folder, env })
    expect(help.stdout).toContain("MCP is at /mcp")
  })
})

/** What a player would find: the track of pictures, each of which can be read to its end. */
const filmIn = async (path: string) => {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS })
  const track = await input.getPrimaryVideoTrack()
  if (track === null) throw new Error(`${path} holds no pictures`)
  const { packetCount } = await track.computePacketStats()
  return { codec: track.codec, seconds: Math.round(await input.computeDuration()), frames: packetCount }
}
