import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, truncateSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:net"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { connect, type Host } from "../mcp/hosts.ts"
import { freshKling } from "../mcp/emulated-kling.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let host: Host
/** A local server that must not be contacted. */
let decoy: Server
let connections = 0

beforeAll(async () => {
  kling = await freshKling()
  host = await connect("stdio", "v2 2026-07-28", { ...kling.env, KLINGKIT_TOOLSETS: "all" })
  decoy = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => decoy.listen(0, "127.0.0.1", resolve))
})
afterAll(async () => {
  await host.close()
  await kling.close()
  decoy.close()
})

const animate = (image_url: string) => host.call("generate_image_to_video", { image_url, prompt: "it moves" })

/** Expects that an action sends no request to Kling. */
const expectNothingSent = async (act: () => Promise<void>) => {
  const before = (await kling.requests()).length
  await act()
  expect((await kling.requests()).length).toBe(before)
}

it.each([
  "http://169.254.169.254/latest/meta-data",
  "http://[::ffff:169.254.169.254]/",
  "http://0/",
  "http://100.64.0.1/",
  "http://10.1.2.3/a.png",
  "http://metadata.google.internal/",
  "http://[64:ff9b::a9fe:a9fe]/",
  "http://[fe80::1%25eth0]/"
])("abuse 20: an image at %s is refused before anything is sent", (url) =>
  expectNothingSent(async () => {
    for (const answer of [
      await animate(url),
      await host.call("create_lipsync", { video_url: url, tts_text: "Good morning to you all" })
    ]) {
      expect(answer.text).toMatch(/^Error: [^]*\nCharged: no\n/)
    }
  })
)

it("abuse 20-22: no URL of a call is ever fetched by klingkit itself", async () => {
  const { port } = decoy.address() as AddressInfo
  expect((await animate(`http://127.0.0.1:${port}/a.png`)).isError).toBe(false)
  await host.call("create_lipsync", {
    video_url: `http://127.0.0.1:${port}/a.mp4`,
    tts_text: "Good morning to you all"
  })
  await host.call("describe_image", { image_url: `http://127.0.0.1:${port}/b.png` })
  expect(connections).toBe(0)
})

it.each([
  "file:///etc/passwd",
  "ftp://a.example/a.png",
  "gopher://a.example/_x",
  "javascript:alert(1)",
  "data:text/html,<script>",
  "http://user:pass@a.example/a.png",
  "https://a.example/a.png\r\nX-Evil: 1"
])("abuse 23: %j is not an image URL", (url) =>
  expectNothingSent(async () => {
    expect((await animate(url)).text).toMatch(/^Error: [^]*\nCharged: no\n/)
  })
)

it("abuse 24: a model cannot set the callback URL", () =>
  expectNothingSent(async () => {
    const callback = "https://evil.example/hook"
    const input = (fields: object) => ({
      operation: "new.t2v.kling-3.0",
      input: JSON.stringify({ prompt: "x", ...fields })
    })
    const answers = [
      await host.call("generate_video", { prompt: "x", callback_url: callback }),
      await host.call("call_kling_api", input({ callbackUrl: callback })),
      await host.call("call_kling_api", input({ callback_url: callback })),
      await host.call("call_kling_api", input({ options: { callback_url: callback } })),
      await host.call("quote_cost", {
        tool: "call_kling_api",
        arguments: JSON.stringify(input({ callbackUrl: callback }))
      })
    ]
    expect(answers.filter(({ isError }) => !isError)).toEqual([])
  }))

it("abuse 29: an image outside the allowed folders, endless or huge is not read", () =>
  expectNothingSent(async () => {
    mkdirSync(kling.outputDir, { recursive: true })
    const [pipe, huge, link] = ["pipe.png", "huge.png", "link.png"].map((name) => join(kling.outputDir, name))
    execFileSync("mkfifo", [pipe ?? ""])
    writeFileSync(huge ?? "", "")
    truncateSync(huge ?? "", 100 * 1024 ** 3)
    execFileSync("ln", ["-s", "/etc/passwd", link ?? ""])
    const startedAt = performance.now()
    for (const path of [
      "/proc/self/environ",
      "/etc/passwd",
      "../../etc/passwd",
      "/dev/zero",
      "~/../../etc/passwd",
      pipe,
      huge,
      link
    ]) {
      expect((await animate(path ?? "")).text).toMatch(/^Error: [^]*\nCharged: no\n/)
    }
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  }))

it("abuse 32: what looks like a command is plain text", async () => {
  const owned = join(kling.home, "owned")
  const prompt = `$(touch ${owned}) \`touch ${owned}\`; touch ${owned} && echo "'`
  expect((await host.call("generate_video", { prompt })).isError).toBe(false)
  await host.call("download_task", { task_id: `$(touch ${owned})`, file_name: `$(touch ${owned}).mp4` })
  expect((await host.call("list_tasks", { search: "touch" })).text).toContain(prompt.slice(0, 40))
  expect(existsSync(owned)).toBe(false)
})

it("abuse 39: a key is not accepted as an argument, and is not echoed", () =>
  expectNothingSent(async () => {
    for (const field of ["api_key", "KLINGAI_API_KEY", "secret_key", "KLING_SECRET", "accessKey", "password"]) {
      const { text } = await host.call("generate_video", { prompt: "x", [field]: "zq7Kcanary" })
      expect(text).toMatch(/set keys in .*environment .*revoke a key that appeared in a chat/)
      expect(text).not.toContain("zq7Kcanary")
    }
  }))
