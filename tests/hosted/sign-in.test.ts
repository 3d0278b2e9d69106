import type { Client } from "@modelcontextprotocol/client"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { start } from "../mcp/server-process.ts"
import { startHosted } from "./hosted-server.ts"
import { startIssuer } from "./issuer.ts"
import { SignIn, signedInClient } from "./signed-in-client.ts"

let issuer: Awaited<ReturnType<typeof startIssuer>>
let hosted: Awaited<ReturnType<typeof startHosted>>

beforeAll(async () => {
  issuer = await startIssuer()
  hosted = await startHosted({ KLINGKIT_AUTH_ISSUER: issuer.issuer, KLINGKIT_AUTH_KEYS: "on" })
})
afterAll(async () => {
  await hosted.close()
  issuer.close()
})

const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" })
const ask = (authorization?: string, body = ping) =>
  fetch(hosted.url, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(authorization === undefined ? {} : { authorization })
    }
  })

const callText = async (client: Client, name: string, args: Readonly<Record<string, unknown>>): Promise<string> => {
  const { content } = await client.callTool({ name, arguments: { ...args } })
  return content.map((block) => (block.type === "text" ? block.text : "")).join("\n")
}
const found = (pattern: RegExp, text: string): string => {
  const match = pattern.exec(text)?.[1]
  if (match === undefined) throw new Error(`no ${pattern.source} in: ${text}`)
  return match
}
const idIn = (text: string): string => found(/Task ID: (\S+)/, text)

describe("a client of a hosted server", () => {
  it("learns from the refusal where to sign in, registers, signs in and pays under its own name", async () => {
    const refused = await ask()
    const challenge = refused.headers.get("www-authenticate") ?? ""
    expect(refused.status).toBe(401)
    const metadataUrl = found(/resource_metadata="([^"]+)"/, challenge)
    expect(metadataUrl).toBe(`${hosted.origin}/.well-known/oauth-protected-resource/mcp`)
    const metadata = { resource: hosted.url, authorization_servers: [issuer.issuer] }
    for (const url of [metadataUrl, `${hosted.origin}/.well-known/oauth-protected-resource`]) {
      expect(await (await fetch(url)).json()).toMatchObject(metadata)
    }

    const signIn = new SignIn("anna")
    const client = await signedInClient(hosted.url, signIn)
    expect(signIn.asked).toEqual(["kling:read kling:generate"])
    const id = idIn(await callText(client, "generate_image", { prompt: "a lighthouse" }))
    expect((await hosted.kling.ledger()).tasks).toMatchObject([{ externalTaskId: id }])
    expect(hosted.kling.rows()).toHaveLength(1)
  })

  it("sees the tasks of others exactly as tasks that never were", async () => {
    const anna = await signedInClient(hosted.url, new SignIn("anna"))
    const ben = await signedInClient(hosted.url, new SignIn("ben"))
    const made = await callText(anna, "generate_image", { prompt: "a harbour" })
    await hosted.kling.finishTasks()
    const seen = await callText(anna, "check_image_status", { task_id: idIn(made) })
    const id = idIn(made)
    const klingId = found(/Kling task ID: (\d+)/, seen)
    const link = found(/URL: (\S+)/, seen)
    const foreign = [
      [id, `kk-img-${"0".repeat(26)}`],
      [klingId, "893600000000000000"]
    ] as const
    for (const [theirs, unknown] of foreign) {
      for (const tool of ["check_image_status", "check_video_status", "wait_for_task", "download_task"]) {
        const answer = await callText(ben, tool, { task_id: theirs })
        expect(answer).toContain(theirs)
        expect(answer.replaceAll(theirs, unknown)).toBe(await callText(ben, tool, { task_id: unknown }))
      }
      const asInput = { image_url: theirs, prompt: "waves" }
      expect((await callText(ben, "generate_image_to_video", asInput)).replaceAll(theirs, unknown)).toBe(
        await callText(ben, "generate_image_to_video", { ...asInput, image_url: unknown })
      )
      await expect(ben.readResource({ uri: `kling://tasks/${theirs}` })).rejects.toThrow(/task/i)
    }
    // A link that was passed on is an image like any other, and its task stays unknown.
    expect(await callText(ben, "generate_image_to_video", { image_url: link, prompt: "waves" })).not.toContain(id)
    expect(await callText(ben, "list_tasks", {})).not.toContain(id)
    expect(await callText(anna, "list_tasks", {})).toContain(id)
    // The same request of another user is another request.
    const before = (await hosted.kling.ledger()).tasks.length
    expect(idIn(await callText(ben, "generate_image", { prompt: "a harbour" }))).not.toBe(id)
    expect((await hosted.kling.ledger()).tasks).toHaveLength(before + 1)
  })

  it("is asked for the scope that a tool needs, once it calls it", async () => {
    const signIn = new SignIn("reader")
    const client = await signedInClient(hosted.url, signIn)
    expect(await callText(client, "list_tasks", {})).toBe("No tasks found.")
    const token = `Bearer ${signIn.tokens()?.access_token}`
    const call = { name: "generate_image", arguments: { prompt: "a pier" } }
    const before = (await hosted.kling.ledger()).tasks.length
    const refused = await ask(token, JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params: call }))
    expect(refused.status).toBe(403)
    expect(refused.headers.get("www-authenticate")).toMatch(/error="insufficient_scope".*scope="kling:generate"/)
    expect((await hosted.kling.ledger()).tasks).toHaveLength(before)
  })

  it("is not served with a token for another server, or with none that is valid", async () => {
    const elsewhere = await startHosted({ KLINGKIT_AUTH_ISSUER: issuer.issuer })
    try {
      const forElsewhere = new SignIn("anna")
      await signedInClient(elsewhere.url, forElsewhere)
      const own = new SignIn("anna")
      await signedInClient(hosted.url, own)
      const token = own.tokens()?.access_token ?? ""
      const [header = "", payload = "", signature = ""] = token.split(".")
      const unsigned = `${Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url")}.${payload}.`
      expect((await ask(`Bearer ${token}`)).status).toBe(200)
      for (const wrong of [
        forElsewhere.tokens()?.access_token ?? "",
        unsigned,
        `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
        "klingkit_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      ]) {
        const answer = await ask(`Bearer ${wrong}`)
        expect(answer.status).toBe(401)
        expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"')
      }
      // Never in the address, nor by another scheme.
      expect((await fetch(`${hosted.url}?access_token=${token}`, { method: "POST", body: ping })).status).toBe(401)
      expect((await ask(`Basic ${token}`)).status).toBe(401)
    } finally {
      await elsewhere.close()
    }
  })
})

describe("an access key", () => {
  const keys = async (...args: ReadonlyArray<string>) => {
    const program = start("klingkit-mcp-http", ["keys", ...args], hosted.settings)
    const { code } = await program.ended
    return { code, stdout: program.stdout, stderr: program.stderr }
  }

  it("is given once, opens what its scopes say, and nothing once it is revoked", async () => {
    const { code, stdout, stderr } = await keys("add", "render-farm", "--scopes", "kling:read")
    const key = stdout.trim()
    expect([code, key]).toEqual([0, expect.stringMatching(/^klingkit_[\w-]{43}$/)])
    expect(stderr).toContain("cannot be shown again")
    expect((await ask(`Bearer ${key}`)).status).toBe(200)
    expect(await keys("add", "render-farm")).toMatchObject({ code: 1, stdout: "" })
    const listed = (await keys("list")).stdout
    expect(listed).toMatch(/^render-farm\tkling:read\t\d{4}-\d\d-\d\d\n$/)
    expect(listed).not.toContain(key)
    expect((await keys("revoke", "render-farm")).code).toBe(0)
    expect((await ask(`Bearer ${key}`)).status).toBe(401)
    expect((await keys("revoke", "render-farm")).code).toBe(1)
  })

  it.each([
    [["add"], "keys takes add NAME"],
    [["add", "A Name"], "cannot name a key"],
    [["add", "x", "--scopes", "kling:everything"], "is not a scope"],
    [["list", "--scopes", "kling:read", "x"], "keys takes add NAME"],
    [["burn", "x"], "keys takes add NAME"]
  ])("keys %j is refused with the right form", async (args, words) => {
    const { code, stderr } = await keys(...args)
    expect(code).toBe(2)
    expect(stderr).toContain(words)
  })
})
