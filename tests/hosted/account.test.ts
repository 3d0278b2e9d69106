import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { start } from "../mcp/server-process.ts"
import { addKey } from "./access-key.ts"
import { idIn, secret, startWithCallers } from "./account-callers.ts"
import { AccountVisitor } from "./account-visitor.ts"
import { startHosted } from "./hosted-server.ts"
import { twoAccounts } from "./kling-accounts.ts"

describe("a caller who connects a Kling account", () => {
  let server: Awaited<ReturnType<typeof startWithCallers>>
  beforeAll(async () => {
    server = await startWithCallers()
  })
  afterAll(() => server.hosted.close())

  it("pays from it from then on, until it is disconnected; others are not affected", async () => {
    const { call, made, own, signedIn } = server
    await call("anna", "generate_image", { prompt: "before" })
    expect(await made()).toEqual([1, 0])
    const anna = await signedIn("anna")
    expect((await anna.page()).text).toContain("No Kling account is connected.")
    expect(await anna.send("connect", { api_key: own.apiKey })).toMatchObject({ status: 303 })
    const { text } = await anna.page()
    expect(text).toMatch(new RegExp(`API key ending in ${own.apiKey.slice(-4)}<`))
    expect(text).toMatch(/Emulator video pack \d+ units 5Con<\/td>\s*<td>\d+<\/td>\s*<td>\d+</)
    expect(text).not.toContain(own.apiKey)

    const id = idIn(await call("anna", "generate_image", { prompt: "mine" }))
    expect((await own.ledger()).tasks).toMatchObject([{ externalTaskId: id }])
    await own.finishTasks()
    expect(await call("anna", "check_image_status", { task_id: id })).toContain("succeed")
    expect((await own.ledger()).charges).toHaveLength(1)
    await call("ben", "generate_image", { prompt: "of ben" })
    expect(await made()).toEqual([2, 1])
    expect((await (await signedIn("ben")).page()).text).toContain("No Kling account is connected.")

    expect((await anna.send("disconnect", {})).status).toBe(303)
    await call("anna", "generate_image", { prompt: "after" })
    expect(await made()).toEqual([3, 1])
  })

  it("may use a key pair, which is shown by its last letters", async () => {
    const { call, made, own, signedIn } = server
    const [, before = 0] = await made()
    const ben = await signedIn("ben")
    await ben.send("connect", { access_key: own.accessKey, secret_key: own.secretKey })
    const { text } = await ben.page()
    expect(text).toContain(`key pair, access key ending in ${own.accessKey.slice(-4)}`)
    expect(text).not.toContain(own.secretKey)
    await call("ben", "generate_image", { prompt: "with a pair" })
    expect((await made())[1]).toBe(before + 1)
    await ben.send("disconnect", {})
  })

  it("learns what is wrong with a key, and nothing is stored", async () => {
    const { command, own, signedIn } = server
    const anna = await signedIn("anna")
    const wrong = [
      [{ api_key: `${own.apiKey.slice(0, -4)}0000` }, /Kling does not accept this key.*Nothing was stored/s],
      [{ api_key: "<your key>" }, /API key is in brackets.*Nothing was stored/s],
      [{ api_key: own.apiKey, access_key: own.accessKey }, /not both/],
      [{ access_key: own.accessKey }, /both halves/],
      [{}, /Enter an API key/],
      [{ api_key: own.apiKey, max_usd_per_day: "a lot" }, /amount in USD/],
      [{ api_key: own.apiKey, region: "moon" }, /one of the regions/]
    ] as const
    for (const [fields, words] of wrong) {
      const answer = await anna.send("connect", fields)
      expect(answer.status).toBe(422)
      expect(answer.text).toMatch(words)
      expect(answer.text).not.toContain(own.apiKey.slice(0, -4))
    }
    await own.injectFault({ fault: "html-page", on: "account.costs", status: 502, count: "always" })
    const away = await anna.send("connect", { api_key: own.apiKey })
    expect([away.status, away.text]).toEqual([503, expect.stringContaining("Kling cannot be reached at the moment")])
    await own.clearFaults()
    expect((await command("accounts", "list")).stdout).toBe("")
  })

  it("has a limit of its own, which stops a call before it is sent", async () => {
    const { call, made, own, signedIn } = server
    const anna = await signedIn("anna")
    await anna.send("connect", { api_key: own.apiKey, max_usd_per_day: "0.001" })
    expect((await anna.page()).text).toContain("0.001 USD")
    const before = await made()
    expect(await call("anna", "generate_video", { prompt: "too dear" })).toContain("LEDGER_OVER_BUDGET")
    expect(await made()).toEqual(before)
    expect((await anna.send("limit", { max_usd_per_day: "x" })).status).toBe(422)
    await anna.send("limit", { max_usd_per_day: "" })
    expect(await call("anna", "generate_video", { prompt: "too dear" })).toContain("Task ID: kk-t2v-")
    await anna.send("disconnect", {})
  })

  it("follows a task with the next key of the same account", async () => {
    const { call, made, own, signedIn } = server
    const anna = await signedIn("anna")
    await anna.send("connect", { api_key: own.apiKey })
    const request = { prompt: "a slow harbour" }
    const id = idIn(await call("anna", "generate_image", request))
    const before = await made()
    const next = await own.rotateKey()
    expect((await anna.page()).text).toContain("Kling does not accept this key")
    expect((await anna.send("connect", { api_key: next, same_account: "yes" })).status).toBe(303)
    // The same request is the same job, whichever key asks.
    expect(idIn(await call("anna", "generate_image", request))).toBe(id)
    expect(await made()).toEqual(before)
    await own.finishTasks()
    expect(await call("anna", "check_image_status", { task_id: id })).toContain("succeed")
    await anna.send("disconnect", {})
  })

  it("is listed by the operator without a key, and can be disconnected", async () => {
    const { command, kling, own, signedIn } = server
    const apiKey = await own.rotateKey()
    await (await signedIn("ben")).send("connect", { api_key: apiKey })
    expect((await command("accounts", "list")).stdout).toMatch(/^key:ben\t\d{4}-\d\d-\d\d\tcurrent secret\n$/)
    expect(await command("accounts", "disconnect", "key:ben")).toMatchObject({ code: 0 })
    expect(await command("accounts", "disconnect", "key:ben")).toMatchObject({ code: 1 })
    expect(await command("accounts", "burn")).toMatchObject({ code: 2 })
    expect(JSON.stringify(kling.rows())).not.toContain(apiKey)
  })
})

describe("a server that lends no account", () => {
  it("needs what the page needs", async () => {
    const { code, stderr } = await (async () => {
      const program = start("klingkit-mcp-http", ["--port", "0"], { KLINGKIT_OWN_ACCOUNTS: "required" })
      return { ...(await program.ended), stderr: program.stderr }
    })()
    expect(code).toBe(2)
    for (const name of ["KLINGKIT_AUTH_KEYS=on", "KLINGKIT_PUBLIC_URL", "KLINGKIT_SECRET"]) {
      expect(stderr).toContain(`klingkit-mcp-http: KLINGKIT_OWN_ACCOUNTS=required needs ${name}`)
    }
  })

  it("spends nothing of its own, and names the page; a client that opens pages is asked to", async () => {
    const { call, hosted, keys, made, own, signedIn } = await startWithCallers({ KLINGKIT_OWN_ACCOUNTS: "required" })
    try {
      const page = `${hosted.origin}/account`
      const refused = await call("anna", "generate_image", { prompt: "a pier" })
      expect(refused).toContain("Charged: no")
      expect(refused).toContain(`connect their Kling account at ${page}`)
      expect(refused).toContain("Code: KLING_NO_ACCOUNT")
      const modern = async (inputResponses?: object) => {
        const params = {
          name: "generate_image",
          arguments: { prompt: "a pier" },
          ...(inputResponses === undefined ? {} : { inputResponses }),
          _meta: {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {}, url: {} } },
            "io.modelcontextprotocol/clientInfo": { name: "a chat", version: "1" }
          }
        }
        const response = await fetch(hosted.url, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            accept: "application/json, text/event-stream",
            authorization: `Bearer ${keys.anna}`,
            "mcp-protocol-version": "2026-07-28",
            "mcp-method": "tools/call",
            "mcp-name": "generate_image"
          },
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params })
        })
        const text = await response.text()
        return text
      }
      const asked = await modern()
      expect(asked).toContain(`"method":"elicitation/create"`)
      expect(asked).toContain(`"mode":"url"`)
      expect(asked).toContain(`"url":"${page}"`)
      const answered = { "kling-account": { action: "accept" } }
      expect(await modern(answered)).toContain("KLING_NO_ACCOUNT")
      expect(await made()).toEqual([0, 0])
      // The page connects the account of who signs in there.
      await (await signedIn("ben")).send("connect", { api_key: own.apiKey })
      expect(await modern(answered)).toContain("KLING_NO_ACCOUNT")
      await (await signedIn("anna")).send("connect", { api_key: own.apiKey })
      expect(await modern(answered)).toContain("Task ID: kk-img-")
      expect(await made()).toEqual([0, 1])
    } finally {
      await hosted.close()
    }
  })
})

describe("a server that was restarted", () => {
  it("reads accounts with its former secret, and resumes their jobs before the first call", async () => {
    const { kling, own } = await twoAccounts()
    const env = { KLINGKIT_AUTH_KEYS: "on", KLINGKIT_SECRET: secret }
    const first = await startHosted(env, { kling: { ...kling, close: () => Promise.resolve() } })
    const key = await addKey(first.settings, "anna")
    const anna = new AccountVisitor(first.origin)
    await anna.signIn(key)
    await anna.send("connect", { api_key: own.apiKey })
    // Its answer is lost, and the process with it.
    await own.injectFault({ fault: "commit-then-hang" })
    const call = { name: "generate_image", arguments: { prompt: "left behind" } }
    void fetch(first.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: call })
    }).catch(() => undefined)
    await expect.poll(async () => (await own.ledger()).tasks).toHaveLength(1)
    first.kill()
    await first.close()
    expect(kling.rows()).toMatchObject([{ state: "SENDING" }])
    const ledger = new DatabaseSync(join(kling.home, "klingkit", "ledger.db"))
    // As they are some minutes later.
    ledger.exec("UPDATE klingkit_jobs SET lease_until = 0")
    ledger.close()
    const settings = { ...env, KLINGKIT_SECRET: "the next secret", KLINGKIT_FORMER_SECRETS: secret }
    const second = await startHosted(settings, { kling })
    try {
      await expect.poll(() => kling.rows()).toMatchObject([{ state: "ACCEPTED" }])
      expect((await own.ledger()).tasks).toHaveLength(1)
    } finally {
      await second.close()
    }
  })
})
