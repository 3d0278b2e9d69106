import { describe, expect, it } from "vitest"
import { redactor } from "./redact-secrets.ts"

const secret = "zq7Kcanary+/Xy9wLm2Rt4=="
const base64 = (text: string) => btoa(text)
const redactSecrets = (text: string, secrets: ReadonlyArray<string>) => redactor(secrets)(text)

describe("a text that a server echoes", () => {
  it.each([
    ["verbatim", `bad header Bearer ${secret}!`, "bad header Bearer [secret]!"],
    ["escaped by a JSON encoder", `"Bearer ${secret.replaceAll("/", "\\/")}"`, '"Bearer [secret]"'],
    ["percent-encoded", `?key=${encodeURIComponent(secret)}&`, "?key=[secret]&"],
    ["truncated", "key zq7Kcana*** is wrong", "key [secret]*** is wrong"],
    [
      "escaped as JSON inside a string",
      String.raw`{\"key\":\"${Array.from(secret)
        .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
        .join("")}\"}`,
      String.raw`{\"key\":\"[secret]\"}`
    ],
    [
      "percent-encoded to the last letter, twice",
      `?key=${Array.from(secret)
        .map((c) => `%25${c.charCodeAt(0).toString(16)}`)
        .join("")}&`,
      "?key=[secret]&"
    ],
    [
      "as HTML entities",
      `<b>${Array.from(secret)
        .map((c) => `&#x${c.charCodeAt(0).toString(16)};`)
        .join("")}</b>`,
      "<b>[secret]</b>"
    ],
    ["in capitals", secret.toUpperCase(), "[secret]"],
    ["without its beginning", `key ...${secret.slice(9)} is wrong`, "key ...[secret] is wrong"],
    ["up to its middle", `key ${secret.slice(0, 15)}...`, "key [secret]..."],
    [
      "in hex",
      `0x${Array.from(secret)
        .map((c) => c.charCodeAt(0).toString(16))
        .join("")}`,
      "0x[secret]"
    ],
    ["more than once", `${secret} ${secret}`, "[secret] [secret]"]
  ])("loses a secret %s", (_, text, expected) => {
    expect(redactSecrets(text, [secret])).toBe(expected)
  })

  it.each(["", "a", "ab", "Bearer ", "Authorization: Bearer "])("loses it inside base64, after %j", (before) => {
    const text = redactSecrets(base64(`${before}${secret} and more`), [secret])
    expect(text).toContain("[secret]")
    expect(
      text
        .split("[secret]")
        .map((rest) => atob(rest.replaceAll("=", "").slice(0, rest.length - (rest.length % 4))))
        .join()
    ).not.toContain("canary")
  })

  it("keeps the public prefix of keys, and every text without secrets", () => {
    const key = "api-key-kling-0123456789abcdef"
    expect(redactSecrets("api-key-kling-... is no api-key-type", [key])).toBe("api-key-kling-... is no api-key-type")
    expect(redactSecrets("api-key-kling-01234567...", [key])).toBe("[secret]...")
    expect(redactSecrets("an emulator answers", ["emulator-access-e3ed955586fc612c"])).toBe("an emulator answers")
    expect(redactSecrets("ok", [""])).toBe("ok")
  })

  it("loses a secret of any length, whole or cut", () => {
    const long = Array.from({ length: 15_000 }, (_, index) => (((index * index * 31) % 997) % 36).toString(36)).join("")
    expect(redactSecrets(`key ${long}!`, [long])).toBe("key [secret]!")
    expect(redactSecrets(`key ${long.slice(0, 640)}...`, [long])).toMatch(/^key \[secret\]\w{0,7}\.{3}$/)
    expect(redactSecrets(btoa(long), [long])).toMatch(/^\W*\[secret\]/)
  })
})
