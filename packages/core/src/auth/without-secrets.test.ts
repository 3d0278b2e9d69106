import { describe, expect, it } from "vitest"
import { withoutSecrets } from "./without-secrets.ts"

const secret = "zq7Kcanary+/Xy9wLm2Rt4=="
const base64 = (text: string) => btoa(text)

describe("a text that a server says back", () => {
  it.each([
    ["as it is", `bad header Bearer ${secret}!`, "bad header Bearer [secret]!"],
    ["spelled by a careful writer of JSON", `"Bearer ${secret.replaceAll("/", "\\/")}"`, '"Bearer [secret]"'],
    ["percent-encoded", `?key=${encodeURIComponent(secret)}&`, "?key=[secret]&"],
    ["cut short", "key zq7Kcana*** is wrong", "key [secret]*** is wrong"],
    ["more than once", `${secret} ${secret}`, "[secret] [secret]"]
  ])("loses a secret %s", (_, text, expected) => {
    expect(withoutSecrets(text, [secret])).toBe(expected)
  })

  it.each(["", "a", "ab", "Bearer ", "Authorization: Bearer "])("loses it inside of base64, after %j", (before) => {
    const said = withoutSecrets(base64(`${before}${secret} and more`), [secret])
    expect(said).toContain("[secret]")
    expect(
      said
        .split("[secret]")
        .map((rest) => atob(rest.replaceAll("=", "").slice(0, rest.length - (rest.length % 4))))
        .join()
    ).not.toContain("canary")
  })

  it("keeps what every key begins with, and all of a text without secrets", () => {
    const key = "api-key-kling-0123456789abcdef"
    expect(withoutSecrets("api-key-kling-... is no api-key-type", [key])).toBe("api-key-kling-... is no api-key-type")
    expect(withoutSecrets("api-key-kling-01234567...", [key])).toBe("[secret]...")
    expect(withoutSecrets("an emulator answers", ["emulator-access-e3ed955586fc612c"])).toBe("an emulator answers")
    expect(withoutSecrets("ok", [""])).toBe("ok")
  })
})
