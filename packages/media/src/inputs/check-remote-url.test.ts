import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { checkRemoteUrl } from "./check-remote-url.ts"

const config = {
  homeDir: "/home/me",
  outputDir: "/home/me/klingkit",
  inputDirs: [],
  limits: {},
  principal: "local",
  privateHosts: ["mirror.example.internal"]
}
const check = (url: string, klingIsLocal = false) =>
  checkRemoteUrl("image_url", url, { ...config, klingIsLocal }).pipe(
    Effect.catch((error) => Effect.succeed(error.message)),
    Effect.map((text) => (text === url ? "passes" : text))
  )

describe("a URL for Kling to fetch", () => {
  it.effect.each(["https://a.example/a.png", "http://a.example/a.png?x=1", "http://mirror.example.internal/a.png"])(
    "passes: %s",
    (url) => Effect.map(check(url), (text) => expect(text).toBe("passes"))
  )

  it.effect.each([
    ["http://169.254.169.254/latest/meta-data", "points into a private network"],
    ["http://[::ffff:169.254.169.254]/", "points into a private network"],
    ["http://0/", "points into a private network"],
    ["http://2130706433/", "points into a private network"],
    ["http://127.1/", "points into a private network"],
    ["http://localhost./", "points into a private network"],
    ["http://0x7f.1/", "points into a private network"],
    ["https://[::1]/", "points into a private network"],
    ["http://100.64.0.1/", "points into a private network"],
    ["http://metadata.google.internal/", "points into a private network"],
    ["http://[64:ff9b::a9fe:a9fe]/", "points into a private network"],
    ["http://[fe80::1%25eth0]/", "is not a valid URL"],
    ["https://user:pass@a.example/a.png", "contains a user name or password"],
    ["https://a.example/a.png\r\nX-Evil: 1", "contains a control character"]
  ] as const)("is refused before anything is paid: %s", ([url, reason]) =>
    Effect.map(check(url), (text) => {
      expect(text).toContain(reason)
      expect(text).toContain("give a file path")
      expect(text).not.toContain("pass@")
    })
  )

  it.effect.each([
    ["https://cdn.example.com/my photo (1).png", "write it as https://cdn.example.com/my%20photo%20(1).png"],
    ["https://cdn.example.com/caf\u00e9.png", "write it as https://cdn.example.com/caf%C3%A9.png"],
    ["https://cdn.example.com/{name}.png", "percent-encoded"],
    ["https://cdn.example.com/a.png, https://cdn.example.com/b.png", "several URLs"],
    ["https://bucket.example.com/a.png?X-Amz-Signature=abc&amp;X-Amz-Expires=60", "give the URL with & itself"]
  ] as const)("is refused with the right spelling: %s", ([url, hint]) =>
    Effect.map(check(url), (text) => expect(text).toContain(hint))
  )

  it.effect("may be on this machine when Kling is an emulator here", () =>
    Effect.gen(function* () {
      expect(yield* check("http://127.0.0.1:8600/files/1/a.png", true)).toBe("passes")
      expect(yield* check("http://10.0.0.1/a.png", true)).toContain("private network")
    })
  )
})
