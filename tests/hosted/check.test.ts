import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { start } from "../mcp/server-process.ts"
import { startHosted } from "./hosted-server.ts"
import { startIssuer } from "./issuer.ts"

let issuer: Awaited<ReturnType<typeof startIssuer>>
let hosted: Awaited<ReturnType<typeof startHosted>>
/** Answers everything like something that is not klingkit. */
const other = createServer((request, response) => {
  if (request.url === "/redirect") return void response.writeHead(302, { location: "/" }).end()
  response.writeHead(request.url === "/keys" ? 200 : 502).end('{"keys":[{"kty":"oct"}]}')
})
let otherOrigin: string
/** Nothing listens there any more. */
let away: string

beforeAll(async () => {
  issuer = await startIssuer()
  hosted = await startHosted({ KLINGKIT_AUTH_ISSUER: issuer.issuer, KLINGKIT_AUTH_KEYS: "on" })
  await once(other.listen(0, "127.0.0.1"), "listening")
  const closed = createServer()
  await once(closed.listen(0, "127.0.0.1"), "listening")
  away = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`
  closed.close()
  otherOrigin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
})
afterAll(async () => {
  await hosted.close()
  issuer.close()
  other.close()
})

const check = async (changes: Readonly<Record<string, string>> = {}) => {
  const program = start("klingkit-mcp-http", ["check"], { ...hosted.settings, ...changes })
  const { code } = await program.ended
  const lines = program.stdout.trimEnd().split("\n")
  return { code, lines, wrong: lines.filter((line) => line.startsWith("wrong")), stderr: program.stderr }
}

describe("klingkit-mcp-http check", () => {
  it("says of everything that works that it does, and leaves nothing behind", async () => {
    const { code, lines, stderr } = await check()
    expect([code, stderr]).toEqual([0, ""])
    expect(lines).toEqual([
      expect.stringMatching(/^ok +settings/),
      expect.stringMatching(/^ok +limits/),
      expect.stringMatching(/^ok +ledger/),
      expect.stringMatching(/^ok +Kling +http:\S+ answers a free read .* with the API key/),
      expect.stringMatching(/^ok +issuer +http:\S+ has 1 public keys at/),
      expect.stringMatching(
        /^ok +client +\S+\/mcp refuses who has no credential, and answers server\/discover with an access key/
      )
    ])
    const list = start("klingkit-mcp-http", ["keys", "list"], hosted.settings)
    await list.ended
    expect(list.stdout).toBe("")
    expect((await hosted.kling.ledger()).charges).toEqual([])
  })

  it("says what is wrong with each setting", async () => {
    const { code, wrong } = await check({
      KLINGKIT_LOG: "xml",
      KLINGKIT_AUTH_KEYS: "perhaps",
      KLINGKIT_ALLOWED_HOSTS: "*"
    })
    expect(code).toBe(1)
    expect(wrong).toEqual([
      expect.stringMatching(/settings +KLINGKIT_AUTH_KEYS/),
      expect.stringMatching(/settings +KLINGKIT_LOG/),
      expect.stringMatching(/settings +KLINGKIT_ALLOWED_HOSTS/)
    ])
  })

  it("needs no server for what it cannot try without one", async () => {
    const { code, lines } = await check({ KLINGKIT_PUBLIC_URL: "", KLINGKIT_AUTH_ISSUER: "" })
    expect(code).toBe(0)
    expect(lines.filter((line) => line.startsWith("not tried"))).toEqual([
      expect.stringMatching(/issuer +KLINGKIT_AUTH_ISSUER is not set/),
      expect.stringMatching(/client +KLINGKIT_PUBLIC_URL is not set/)
    ])
  })

  const broken: Readonly<Record<string, readonly [() => Readonly<Record<string, string>>, RegExp]>> = {
    "a limit": [() => ({ KLINGKIT_MAX_USD_PER_DAY: "lots" }), /limits +.*KLINGKIT_MAX_USD_PER_DAY/],
    "the ledger": [
      () => {
        const path = join(hosted.kling.home, "a-file")
        writeFileSync(path, "")
        return { KLINGKIT_HOME: path, KLINGKIT_AUTH_KEYS: "off" }
      },
      /ledger +the ledger .* cannot be opened/
    ],
    "Kling's key": [() => ({ KLINGAI_API_KEY: "api-key-kling-0000000000000000" }), /Kling +.*key/],
    "Kling's key, which is missing": [() => ({ KLINGAI_API_KEY: "" }), /Kling +.*KLINGAI_API_KEY/],
    "Kling, which is away": [() => ({ KLINGAI_BASE_URL: away }), /Kling +.*(reach|connect)/i],
    "the issuer, which is away": [
      () => ({ KLINGKIT_AUTH_JWKS_URI: `${away}/keys` }),
      /issuer +the keys at \S+\/keys cannot be read: .*KLINGKIT_AUTH_JWKS_URI/
    ],
    "the issuer, which has no public key": [
      () => ({ KLINGKIT_AUTH_JWKS_URI: `${otherOrigin}/keys` }),
      /issuer +there is no public key at/
    ],
    "the server, which is away": [
      () => ({ KLINGKIT_PUBLIC_URL: away }),
      /client +\S+\/mcp does not answer \(.*ECONNREFUSED.*\): start the server/
    ],
    "the proxy, which leads elsewhere": [
      () => ({ KLINGKIT_PUBLIC_URL: otherOrigin }),
      /client +\S+ answers HTTP 502 .*check that the proxy sends \/mcp/
    ],
    "the public address, which is not the one of the server": [
      () => ({ KLINGKIT_PUBLIC_URL: hosted.inner().replace("/mcp", "") }),
      /client +\S+ sends clients to \S+ instead of \S+: start the server with the same KLINGKIT_PUBLIC_URL/
    ],
    "the issuer, which is not the one of the server": [
      () => ({ KLINGKIT_AUTH_ISSUER: "https://id.example", KLINGKIT_AUTH_JWKS_URI: `${issuer.issuer}/jwks` }),
      /client +\S+ names another server or another issuer/
    ],
    "the ledger, which is not the one of the server": [
      () => ({ KLINGKIT_HOME: join(hosted.kling.home, "another") }),
      /client +\S+ answers HTTP 401/
    ]
  }

  it.each(Object.entries(broken))("finds that it is %s, and nothing else", async (_, [changes, message]) => {
    const { code, wrong, stderr } = await check(changes())
    expect([code, stderr]).toEqual([1, ""])
    expect(wrong).toEqual([expect.stringMatching(message)])
  })

  it("finds that a server lets everyone in", async () => {
    const open = await startHosted({})
    const { wrong } = await check({ KLINGKIT_PUBLIC_URL: open.origin })
    await open.close()
    expect(wrong).toEqual([expect.stringMatching(/client +\S+ lets everyone in/)])
  })

  it("takes nothing else", async () => {
    const program = start("klingkit-mcp-http", ["check", "all"], {})
    expect((await program.ended).code).toBe(2)
    expect(program.stderr).toContain("check takes nothing")
  })
})
