import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { start } from "../mcp/server-process.ts"
import { addKey } from "./access-key.ts"
import { AccountVisitor } from "./account-visitor.ts"
import { followTo } from "./browser.ts"
import { startHosted } from "./hosted-server.ts"
import { startIssuer } from "./issuer.ts"
import { SignIn, signedInClient } from "./signed-in-client.ts"
import { twoAccounts } from "./kling-accounts.ts"

describe("the account page", () => {
  let hosted: Awaited<ReturnType<typeof startHosted>>
  let own: Awaited<ReturnType<typeof twoAccounts>>["own"]
  let key: string
  beforeAll(async () => {
    const accounts = await twoAccounts()
    own = accounts.own
    hosted = await startHosted({ KLINGKIT_AUTH_KEYS: "on", KLINGKIT_SECRET: "of a test" }, { kling: accounts.kling })
    key = await addKey(hosted.settings, "anna")
  })
  afterAll(() => hosted.close())

  const signedIn = async () => {
    const visitor = new AccountVisitor(hosted.origin)
    expect((await visitor.signIn(key)).status).toBe(303)
    return visitor
  }
  const isSignedIn = async (visitor: AccountVisitor) => (await visitor.page()).text.includes("Signed in as")

  it("signs in who has an access key, and no other", async () => {
    const visitor = new AccountVisitor(hosted.origin)
    for (const wrong of ["", "klingkit_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", own.apiKey, `${key}x`]) {
      const answer = await visitor.signIn(wrong)
      expect([401, 422]).toContain(answer.status)
      expect(answer.setCookies).toEqual([])
      expect(answer.text).not.toContain(wrong === "" ? key : wrong)
    }
    expect(await isSignedIn(visitor)).toBe(false)
    expect(await isSignedIn(await signedIn())).toBe(true)
  })

  it("keeps the session in a cookie that scripts, other sites and other hosts do not get, and says nothing in it", async () => {
    const visitor = new AccountVisitor(hosted.origin)
    const [cookie = ""] = (await visitor.signIn(key)).setCookies
    expect(cookie).toMatch(/^klingkit-session=\w+\.[\w-]+; Path=\/account; HttpOnly; SameSite=Lax; Max-Age=1800$/)
    const text = Buffer.from(cookie.split(/[=;.]/)[2] ?? "", "base64url").toString("latin1")
    expect(text).not.toMatch(/anna|klingkit_|token/)
    const { headers, text: page } = await visitor.page()
    expect(headers.get("cache-control")).toBe("no-store")
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'self'; form-action 'self';/)
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'")
    expect(headers.get("access-control-allow-credentials")).toBeNull()
    expect(page).not.toMatch(/<script|\son\w+=|style=|https?:\/\//)
  })

  it("takes forms of its own only", async () => {
    const visitor = await signedIn()
    const connect = { api_key: own.apiKey }
    for (const origin of [
      "http://127.0.0.1:1",
      "https://evil.example",
      "null",
      "",
      hosted.origin.replace("127.0.0.1", "localhost")
    ]) {
      expect((await visitor.send("connect", connect, { origin })).status).toBe(403)
      expect((await new AccountVisitor(hosted.origin).send("sign-in", { access_key: key }, { origin })).status).toBe(
        403
      )
    }
    const other = /name="token" value="([^"]+)"/.exec((await (await signedIn()).page()).text)?.[1] ?? ""
    for (const token of [other, "x", "undefined"]) {
      expect((await visitor.send("connect", connect, { token })).status).toBe(403)
    }
    for (const name of ["disconnect", "connect", "__proto__", "constructor", "..%2f"]) {
      expect((await visitor.request(`/account/${name}`)).status).toBe(404)
    }
    expect((await visitor.send("__proto__", {})).status).toBe(404)
    expect((await visitor.request("/account", { method: "DELETE" })).status).toBe(405)
    const asText = await visitor.request("/account/connect", {
      method: "POST",
      headers: { "content-type": "text/plain", origin: hosted.origin },
      body: new URLSearchParams(connect).toString()
    })
    expect(asText.status).toBe(403)
    const large = { api_key: "x".repeat(20_000) }
    expect((await visitor.send("connect", large)).status).toBe(413)
    expect((await visitor.page()).text).toContain("No Kling account is connected.")
  })

  it("forgets a session that was altered, doubled, ended, or begun with a key that is revoked", async () => {
    const name = "klingkit-session"
    const altered = await signedIn()
    const value = altered.cookies.get(name) ?? ""
    const middle = Math.floor(value.length / 2)
    altered.cookies.set(name, `${value.slice(0, middle)}${value[middle] === "A" ? "B" : "A"}${value.slice(middle + 1)}`)
    expect(await isSignedIn(altered)).toBe(false)
    altered.cookies.set(name, `${value}; ${name}=${value}`)
    expect(await isSignedIn(altered)).toBe(false)
    altered.cookies.set(name, value)
    expect(await isSignedIn(altered)).toBe(true)

    const left = await signedIn()
    expect((await left.send("sign-out", {})).status).toBe(303)
    expect(left.cookies.size).toBe(0)

    const ben = new AccountVisitor(hosted.origin)
    const keyOfBen = await addKey(hosted.settings, "ben")
    await ben.signIn(keyOfBen)
    expect(await isSignedIn(ben)).toBe(true)
    await start("klingkit-mcp-http", ["keys", "revoke", "ben"], hosted.settings).ended
    expect(await isSignedIn(ben)).toBe(false)
    expect((await ben.send("connect", { api_key: own.apiKey })).status).toBe(401)
  })

  it("shows what others have written as text", async () => {
    const visitor = await signedIn()
    const markup = `<img src=x onerror="alert(1)">`
    const { text } = await visitor.send("connect", { api_key: markup, max_usd_per_day: markup })
    expect(text).not.toContain("<img")
  })

  it("says what its operator has to set", async () => {
    const without = await startHosted({ KLINGKIT_AUTH_KEYS: "on" })
    try {
      const { status, text } = await new AccountVisitor(without.origin).page()
      expect([status, text]).toEqual([404, expect.stringContaining("KLINGKIT_SECRET")])
    } finally {
      await without.close()
    }
  })

  it("binds its cookies to the host where it is public over https", async () => {
    const origin = "https://kling.example"
    const secure = await startHosted(
      { ...hosted.settings, KLINGKIT_PUBLIC_URL: origin },
      { kling: { ...hosted.kling, close: () => Promise.resolve() } }
    )
    try {
      const { setCookies } = await new AccountVisitor(secure.origin).send("sign-in", { access_key: key }, { origin })
      expect(setCookies).toEqual([
        expect.stringMatching(/^__Host-klingkit-session=.*; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=1800$/)
      ])
    } finally {
      await secure.close()
    }
  })
})

describe("the account page of an organization", () => {
  let issuer: Awaited<ReturnType<typeof startIssuer>>
  let hosted: Awaited<ReturnType<typeof startHosted>>
  let own: Awaited<ReturnType<typeof twoAccounts>>["own"]
  beforeAll(async () => {
    issuer = await startIssuer()
    const accounts = await twoAccounts()
    own = accounts.own
    const register = async (origin: string) => {
      const answer = await fetch(`${issuer.issuer}/reg`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          client_name: "klingkit",
          redirect_uris: [`${origin}/account/signed-in`],
          grant_types: ["authorization_code"],
          response_types: ["code"]
        })
      })
      const { client_id, client_secret } = (await answer.json()) as Readonly<Record<string, string>>
      return { KLINGKIT_AUTH_CLIENT_ID: client_id ?? "", KLINGKIT_AUTH_CLIENT_SECRET: client_secret ?? "" }
    }
    hosted = await startHosted(
      async (origin) => ({
        ...(await register(origin)),
        KLINGKIT_AUTH_ISSUER: issuer.issuer,
        KLINGKIT_SECRET: "of a test",
        KLINGKIT_OWN_ACCOUNTS: "required"
      }),
      { kling: accounts.kling }
    )
  })
  afterAll(async () => {
    await hosted.close()
    issuer.close()
  })

  /** To the issuer and back: the address with which the browser returns. */
  const throughIssuer = async (visitor: AccountVisitor, user: string) => {
    const { headers, status } = await visitor.request("/account/sign-in")
    expect(status).toBe(303)
    const url = new URL(headers.get("location") ?? "")
    expect(url.searchParams.get("code_challenge_method")).toBe("S256")
    url.searchParams.set("login_hint", user)
    const returned = await followTo(url, `${hosted.origin}/account/signed-in`)
    return `${returned.pathname}${returned.search}`
  }

  it("signs in its members, as whom their chats call", async () => {
    const visitor = new AccountVisitor(hosted.origin)
    expect((await visitor.page()).text).not.toContain("access_key")
    const client = await signedInClient(hosted.url, new SignIn("anna"))
    const image = { name: "generate_image", arguments: { prompt: "a lighthouse" } }
    expect(JSON.stringify(await client.callTool(image))).toContain("KLING_NO_ACCOUNT")
    expect((await visitor.request(await throughIssuer(visitor, "anna"))).status).toBe(303)
    expect((await visitor.page()).text).toContain("Signed in as <strong>anna</strong>")
    expect((await visitor.send("connect", { api_key: own.apiKey })).status).toBe(303)
    expect(JSON.stringify(await client.callTool(image))).toContain("Task ID: kk-img-")
    expect((await own.ledger()).tasks).toHaveLength(1)
  })

  it("signs no user in with an answer that another browser has asked for, twice, or with none", async () => {
    const [mine, theirs] = [new AccountVisitor(hosted.origin), new AccountVisitor(hosted.origin)]
    const returned = await throughIssuer(mine, "anna")
    await throughIssuer(theirs, "ben")
    const refused = async (visitor: AccountVisitor, path: string) => {
      const { status, setCookies } = await visitor.request(path)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(setCookies.some((line) => /^klingkit-session=\w/.test(line))).toBe(false)
    }
    await refused(theirs, returned)
    await refused(new AccountVisitor(hosted.origin), returned)
    await refused(mine, returned.replace(/iss=[^&]+/, "iss=https%3A%2F%2Fevil.example"))
    await refused(mine, "/account/signed-in?error=access_denied&state=x")
    await throughIssuer(mine, "anna")
    await refused(mine, returned)
  })
})
