import { once } from "node:events"
import { connect } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { start } from "../mcp/server-process.ts"
import { addKey } from "./access-key.ts"
import { startHosted } from "./hosted-server.ts"

const outcomeOf = async (env: Readonly<Record<string, string>>, args: ReadonlyArray<string> = []) => {
  const program = start("klingkit-mcp-http", ["--port", "0", ...args], env)
  const { code } = await program.ended
  return { code, stderr: program.stderr }
}

describe("a server that could be reached by strangers", () => {
  it("does not start unless callers have to sign in", async () => {
    const { code, stderr } = await outcomeOf({}, ["--host", "0.0.0.0"])
    expect(code).toBe(2)
    expect(stderr).toMatch(/0\.0\.0\.0 is reachable from other machines.*KLINGKIT_AUTH_ISSUER.*KLINGKIT_AUTH_KEYS=on/)
    const closed = start("klingkit-mcp-http", ["--port", "0", "--host", "0.0.0.0"], { KLINGKIT_AUTH_KEYS: "on" })
    await closed.says(/listening on http:\/\/0\.0\.0\.0:/)
    closed.child.kill("SIGTERM")
    expect((await closed.ended).code).toBe(0)
  })

  it("says everything that is wrong with its settings, a line each", async () => {
    const { code, stderr } = await outcomeOf({
      KLINGKIT_AUTH_ISSUER: "http://id.example",
      KLINGKIT_PUBLIC_URL: "https://kling.example/mcp",
      KLINGKIT_AUTH_KEYS: "perhaps"
    })
    expect(code).toBe(2)
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/^klingkit-mcp-http: KLINGKIT_AUTH_ISSUER must be an https URL/),
      expect.stringMatching(/^klingkit-mcp-http: KLINGKIT_PUBLIC_URL must have no path/),
      expect.stringMatching(/^klingkit-mcp-http: KLINGKIT_AUTH_KEYS must be on or off/)
    ])
  })
})

describe("callers with access keys", () => {
  let hosted: Awaited<ReturnType<typeof startHosted>>
  const keys = new Map<string, string>()
  beforeAll(async () => {
    // The server has no Kling key of its own.
    hosted = await startHosted({ KLINGKIT_AUTH_KEYS: "on", KLINGAI_API_KEY: "" })
    for (const name of ["anna", "ben"]) keys.set(name, await addKey(hosted.settings, name))
  })
  afterAll(() => hosted.close())

  const call = async (caller: string, id: number, name: string, args: object, klingKey?: string) => {
    const response = await fetch(hosted.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        authorization: `Bearer ${keys.get(caller)}`,
        ...(klingKey === undefined ? {} : { "x-kling-api-key": klingKey })
      },
      body: JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args } })
    })
    return { status: response.status, text: await response.text() }
  }

  it("bring their own Kling key with a request, which pays for it and is written nowhere", async () => {
    const { kling } = hosted
    const image = { prompt: "a pier" }
    expect((await call("anna", 1, "generate_image", image)).text).toContain("KLING_MISSING_CREDENTIALS")
    expect((await call("anna", 2, "generate_image", image, "not-a-key-of-kling")).text).toContain("Charged: no")
    expect((await kling.ledger()).tasks).toHaveLength(0)
    const paid = await call("anna", 3, "generate_image", image, kling.env.KLINGAI_API_KEY)
    expect(paid.text).toContain("Task ID: kk-img-")
    expect((await kling.ledger()).tasks).toHaveLength(1)
    for (const { text } of [paid]) expect(text).not.toContain(kling.env.KLINGAI_API_KEY)
  })

  it("never see each other's answers, with the same request ids at the same time", async () => {
    const key = hosted.kling.env.KLINGAI_API_KEY
    const shot = (caller: string, id: number) =>
      call(caller, id % 10, "quote_cost", { tool: "generate_video", arguments: { prompt: `${caller} ${id}` } }, key)
    const task = (caller: string, id: number) => call(caller, id, "generate_image", { prompt: `of ${caller}` }, key)
    const made = await Promise.all(["anna", "ben"].map((caller) => task(caller, 1)))
    const ids = made.map(({ text }) => /Task ID: (kk-img-\w+)/.exec(text)?.[1] ?? "")
    expect(new Set(ids).size).toBe(2)
    const lists = await Promise.all(
      Array.from({ length: 20 }, (_, index) => [
        call("anna", 7, "list_tasks", { search: "of" }, key),
        call("ben", 7, "list_tasks", { search: "of" }, key),
        shot(index % 2 === 0 ? "anna" : "ben", index)
      ]).flat()
    )
    expect(lists.every(({ status }) => status === 200)).toBe(true)
    const namedIn = (offset: number) =>
      lists.filter((_, index) => index % 3 === offset).map(({ text }) => ids.map((id) => text.includes(id)))
    expect(namedIn(0)).toEqual(Array.from({ length: 20 }, () => [true, false]))
    expect(namedIn(1)).toEqual(Array.from({ length: 20 }, () => [false, true]))
  })

  it("get a health check, and a check of what the server needs, without a key", async () => {
    expect(await (await fetch(`${hosted.origin}/healthz`)).json()).toEqual({ status: "ok" })
    expect((await fetch(`${hosted.origin}/readyz`)).status).toBe(200)
  })

  it("are not served with two Host headers, whichever of them a proxy in front goes by", async () => {
    const { port } = new URL(hosted.inner())
    const socket = connect(Number(port), "127.0.0.1")
    let answer = ""
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text))
    socket.write("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    await once(socket, "close")
    expect(answer).toMatch(/^HTTP\/1\.1 (400|403) /)
  })
})
