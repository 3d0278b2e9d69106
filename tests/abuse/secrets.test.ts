import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { start, type Started } from "../mcp/server-process.ts"
import { leaksIn, writtenBelow } from "./leaks.ts"

const cleanups: Array<() => unknown> = []
afterAll(() => {
  for (const cleanup of cleanups) cleanup()
})

/** A Kling that only fails: each request gets the next response, which may depend on the request. */
const failingKling = async (answers: ReadonlyArray<(request: IncomingMessage, response: ServerResponse) => void>) => {
  let count = 0
  const server = createServer((request, response) => {
    request.resume().on("end", () => answers[count++ % answers.length]?.(request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  cleanups.push(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const json =
  (status: number, body: (request: IncomingMessage) => unknown) =>
  (request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body(request)))
  }
const headerOf = ({ headers }: IncomingMessage): string => headers.authorization ?? ""

/** Upstreams that echo the request, in every form of error that clients parse. */
const echoes = [
  json(400, (request) => ({
    code: 1200,
    message: `bad header Authorization: ${headerOf(request)}`,
    request_id: headerOf(request)
  })),
  json(401, (request) => ({ code: 1002, message: headerOf(request).replace("Bearer ", "") })),
  json(429, (request) => ({ code: 1101, message: encodeURIComponent(headerOf(request)) })),
  json(500, (request) => ({ code: 5000, message: Buffer.from(headerOf(request)).toString("base64") })),
  json(200, (request) => ({
    code: 0,
    message: headerOf(request),
    data: { task_id: headerOf(request), task_status: headerOf(request) }
  })),
  (request: IncomingMessage, response: ServerResponse) =>
    response.writeHead(502).end(`<html>${headerOf(request)}</html>`),
  (request: IncomingMessage, response: ServerResponse) => response.writeHead(200).end(`not json ${headerOf(request)}`),
  (request: IncomingMessage, response: ServerResponse) =>
    response.writeHead(302, { location: `http://127.0.0.1:9/${headerOf(request)}` }).end(),
  (request: IncomingMessage) => request.socket.destroy()
]

const characters = (text: string, spell: (code: number, character: string) => string): string =>
  Array.from(text, (character) => spell(character.codePointAt(0) ?? 0, character)).join("")
const hex = (code: number): string => code.toString(16).padStart(2, "0")

/** Sixteen ways in which a server or a gateway may write a secret. */
const spellings: Readonly<Record<string, (secret: string) => string>> = {
  verbatim: (secret) => secret,
  "in capitals": (secret) => secret.toUpperCase(),
  "percent-encoded": (secret) => encodeURIComponent(secret),
  "percent-encoded to the last letter": (secret) => characters(secret, (code) => `%${hex(code)}`),
  "percent-encoded twice": (secret) => characters(secret, (code) => `%25${hex(code)}`),
  "escaped as in JSON": (secret) => characters(secret, (code) => `\\u00${hex(code)}`),
  "escaped as in JavaScript": (secret) => characters(secret, (code) => `\\x${hex(code)}`),
  "with slashes before signs": (secret) => secret.replaceAll(/[^\w]/g, String.raw`\$&`),
  "as HTML entities": (secret) => characters(secret, (code) => `&#x${hex(code)};`),
  "as decimal HTML entities": (secret) => characters(secret, (code) => `&#${code};`),
  "in base64": (secret) => Buffer.from(secret).toString("base64"),
  "in base64 of a longer text": (secret) => Buffer.from(`u:${secret}:p`).toString("base64"),
  "in base64url": (secret) => Buffer.from(secret).toString("base64url"),
  "in hex": (secret) => Buffer.from(secret).toString("hex"),
  "without its end": (secret) => `${secret.slice(0, -5)}...`,
  "without its beginning": (secret) => `...${secret.slice(5)}`
}

/** Gateways that say which header they refuse, each in its own spelling. */
const spelledEchoes = Object.values(spellings).map((spell) =>
  json(400, (request) => ({ code: 1200, message: `bad key: ${spell(headerOf(request).replace("Bearer ", ""))}` }))
)

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

/** Makes every call once for every kind of failure; returns all output of the process. */
const outputUnderFailures = async (program: Started): Promise<string> => {
  let id = 0
  const send = (method: string, params: object) => {
    program.child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params })}\n`)
    return program.says(new RegExp(`"id":${id}[,}]`))
  }
  await send("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "a", version: "1" } })
  for (const _ of [...echoes, ...spelledEchoes]) {
    await Promise.all(calls.map(([name, args]) => send("tools/call", { name, arguments: args })))
  }
  program.child.stdin.end()
  await program.ended
  return `${program.stdout}\n${program.stderr}`
}

describe("abuse 38: a planted secret is found nowhere, whatever an upstream echoes", () => {
  it.concurrent.each([
    ["an API key", { KLINGAI_API_KEY: "zq7Kcanary+/Xy9wLm2Rt4==" }],
    ["a key pair", { KLINGAI_ACCESS_KEY: "zq7Kaccess9wLm2Rt4", KLINGAI_SECRET_KEY: "wx5Jsecret+/Xy8vNb3Qs" }]
  ])(
    "%s",
    async (_, keys) => {
      const home = mkdtempSync(join(tmpdir(), "klingkit-secrets-"))
      cleanups.push(() => rmSync(home, { recursive: true, force: true }))
      const url = await failingKling([...echoes, ...spelledEchoes])
      const env = { HOME: home, KLINGAI_BASE_URL: url, KLINGKIT_TOOLSETS: "all", ...keys }
      const output = await outputUnderFailures(start("klingkit-mcp", [], env))
      expect(output.match(/Code: [A-Z_]+/g)?.length).toBeGreaterThan((echoes.length + spelledEchoes.length) * 5)
      expect(leaksIn(output, keys)).toEqual([])
      expect(leaksIn(writtenBelow(home), keys)).toEqual([])
      // A token is as sensitive as its key until it expires.
      expect(output.match(/eyJ[\w-]+\.[\w-]+/g)).toBeNull()
    },
    120_000
  )
})
