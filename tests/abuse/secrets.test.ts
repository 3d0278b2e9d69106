import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { start, type Started } from "../mcp/program.ts"
import { leaksIn, writtenBelow } from "./leaks.ts"

const ends: Array<() => unknown> = []
afterAll(() => {
  for (const end of ends) end()
})

/** A Kling of nothing but trouble: each request gets the next answer, which knows what was asked. */
const troublesome = async (answers: ReadonlyArray<(asked: IncomingMessage, response: ServerResponse) => void>) => {
  let count = 0
  const server = createServer((asked, response) => {
    asked.resume().on("end", () => answers[count++ % answers.length]?.(asked, response))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  ends.push(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const json =
  (status: number, body: (asked: IncomingMessage) => unknown) => (asked: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body(asked)))
  }
const headerOf = ({ headers }: IncomingMessage): string => headers.authorization ?? ""

/** Upstreams that say back what they were sent, in every manner in which an error can be read. */
const echoes = [
  json(400, (asked) => ({
    code: 1200,
    message: `bad header Authorization: ${headerOf(asked)}`,
    request_id: headerOf(asked)
  })),
  json(401, (asked) => ({ code: 1002, message: headerOf(asked).replace("Bearer ", "") })),
  json(429, (asked) => ({ code: 1101, message: encodeURIComponent(headerOf(asked)) })),
  json(500, (asked) => ({ code: 5000, message: Buffer.from(headerOf(asked)).toString("base64") })),
  json(200, (asked) => ({
    code: 0,
    message: headerOf(asked),
    data: { task_id: headerOf(asked), task_status: headerOf(asked) }
  })),
  (asked: IncomingMessage, response: ServerResponse) => response.writeHead(502).end(`<html>${headerOf(asked)}</html>`),
  (asked: IncomingMessage, response: ServerResponse) => response.writeHead(200).end(`not json ${headerOf(asked)}`),
  (asked: IncomingMessage, response: ServerResponse) =>
    response.writeHead(302, { location: `http://127.0.0.1:9/${headerOf(asked)}` }).end(),
  (asked: IncomingMessage) => asked.socket.destroy()
]

const calls: ReadonlyArray<readonly [string, Readonly<Record<string, unknown>>]> = [
  ["generate_video", { prompt: "a cat" }],
  ["generate_image", { prompt: "a cat" }],
  ["check_video_status", { task_id: "893605946405239941" }],
  ["wait_for_task", { task_id: "893605946405239941", timeout_seconds: 1 }],
  ["download_task", { task_id: "893605946405239941" }],
  ["list_tasks", {}],
  ["get_account_balance", {}],
  ["manage_elements", { action: "list" }],
  ["describe_image", { image_url: "https://a.example/a.png" }],
  ["call_kling_api", { operation: "account.costs", input: '{"startTime":1,"endTime":2}' }],
  ["generate_video", { prompt: "a cat", api_key: "x" }]
]

/** Makes every call once for every kind of trouble; gives all that the program has said. */
const trouble = async (program: Started): Promise<string> => {
  let id = 0
  const send = (method: string, params: object) => {
    program.child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params })}\n`)
    return program.says(new RegExp(`"id":${id}[,}]`))
  }
  await send("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "a", version: "1" } })
  for (const _ of echoes) {
    await Promise.all(calls.map(([name, args]) => send("tools/call", { name, arguments: args })))
  }
  program.child.stdin.end()
  await program.ended
  return `${program.stdout}\n${program.stderr}`
}

describe("abuse 38: a planted secret is found nowhere, whatever an upstream says back", () => {
  it.concurrent.each([
    ["an API key", { KLINGAI_API_KEY: "zq7Kcanary+/Xy9wLm2Rt4==" }],
    ["a key pair", { KLINGAI_ACCESS_KEY: "zq7Kaccess9wLm2Rt4", KLINGAI_SECRET_KEY: "wx5Jsecret+/Xy8vNb3Qs" }]
  ])(
    "%s",
    async (_, keys) => {
      const home = mkdtempSync(join(tmpdir(), "klingkit-secrets-"))
      ends.push(() => rmSync(home, { recursive: true, force: true }))
      const url = await troublesome(echoes)
      const env = { HOME: home, KLINGAI_BASE_URL: url, KLINGKIT_TOOLSETS: "all", ...keys }
      const said = await trouble(start("klingkit-mcp", [], env))
      expect(said.match(/Code: [A-Z_]+/g)?.length).toBeGreaterThan(echoes.length * 5)
      expect(leaksIn(said, keys)).toEqual([])
      expect(leaksIn(writtenBelow(home), keys)).toEqual([])
      // A token is as good as its key while it lives.
      expect(said.match(/eyJ[\w-]+\.[\w-]+/g)).toBeNull()
    },
    120_000
  )
})
