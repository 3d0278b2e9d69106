import { describe, expect, it } from "vitest"
import { type Guard, isLoopback, readGuard, denyReason } from "./guard.ts"

const guard = readGuard(
  "kling.team.example, [2001:db8::1]",
  "https://app.example, vscode-webview://*, app://obsidian.md"
) as Guard

describe("the guard", () => {
  it.each([
    [{ host: "127.0.0.1:8787" }, undefined],
    [{ host: "Kling.Team.example" }, undefined],
    [{ host: "[2001:db8::1]:443" }, undefined],
    [{ host: "localhost", origin: "https://app.example" }, undefined],
    [{ host: "localhost", origin: "http://127.8.9.1:3000" }, undefined],
    [{}, "KLINGKIT_ALLOWED_HOSTS"],
    [{ host: "" }, "KLINGKIT_ALLOWED_HOSTS"],
    [{ host: "localhost/path" }, "KLINGKIT_ALLOWED_HOSTS"],
    [{ host: "localhost#" }, "KLINGKIT_ALLOWED_HOSTS"],
    [{ host: "user@localhost" }, "KLINGKIT_ALLOWED_HOSTS"],
    [{ host: "127.0.0.1.evil.example" }, "KLINGKIT_ALLOWED_HOSTS"],
    [{ host: "localhost", origin: "" }, "KLINGKIT_ALLOWED_ORIGINS"],
    [{ host: "localhost", origin: "null" }, "KLINGKIT_ALLOWED_ORIGINS"],
    [{ host: "localhost", origin: "https://app.example:8443" }, "KLINGKIT_ALLOWED_ORIGINS"],
    [{ host: "localhost", origin: "chrome-extension://localhost" }, "KLINGKIT_ALLOWED_ORIGINS"],
    [{ host: "localhost", origin: "vscode-webview://1c0f1qvlo3" }, undefined],
    [{ host: "localhost", origin: "app://obsidian.md" }, undefined],
    [{ host: "localhost", origin: "app://evil.example" }, "KLINGKIT_ALLOWED_ORIGINS"],
    [{ host: "localhost", origin: "vscode-webview-evil://1c0f1qvlo3" }, "KLINGKIT_ALLOWED_ORIGINS"]
  ])("checks %j", (headers, names) => {
    const distinct = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
    const reason = denyReason(distinct, guard)
    expect(reason === undefined ? undefined : /KLINGKIT_\w+/.exec(reason)?.[0]).toBe(names)
  })

  it("lets nothing through with several of a header, whichever a proxy in front has read", () => {
    expect(denyReason({ host: ["localhost", "localhost"] }, guard)).toContain("Host")
    expect(
      denyReason({ host: ["localhost"], origin: ["https://app.example", "https://app.example"] }, guard)
    ).toContain("Origin")
  })

  it("lets through what comes by the server's own public origin", () => {
    const own = readGuard("", "", "https://kling.example") as Guard
    expect(denyReason({ host: ["kling.example"], origin: ["https://kling.example"] }, own)).toBeUndefined()
    expect(denyReason({ host: ["kling.example"], origin: ["https://kling.example:8443"] }, own)).toContain("Origin")
  })

  it.each([
    ["https://*", undefined],
    ["https://*.app.example", undefined],
    ["https://app.example/mcp", undefined],
    ["https://app.example?a", undefined],
    ["https://user@app.example", undefined],
    ["https://a.example;https://b.example", undefined],
    ["app.example", undefined],
    ["null", undefined],
    ["*", undefined],
    ["file://", undefined],
    ["vscode-webview://", undefined],
    ["HTTPS://App.Example:443/", ["https://app.example"]],
    ["VSCode-WebView://*", ["vscode-webview://*"]]
  ])("refuses an origin that no browser sends, at start: %s", (entry, origins) => {
    const read = readGuard("", entry)
    expect("invalid" in read ? undefined : [...read.origins]).toEqual(origins)
  })

  it.each([
    ["*", undefined],
    ["*.example", undefined],
    ["a.example;b.example", undefined],
    ["a.example/mcp", undefined],
    ["::1", undefined],
    ["A.Example:8443", ["a.example"]]
  ])("refuses a host that no request names, at start: %s", (entry, hosts) => {
    const read = readGuard(entry, "")
    expect("invalid" in read ? undefined : [...read.hosts]).toEqual(hosts)
  })

  it.each([
    ["127.0.0.1", true],
    ["127.1.2.3", true],
    ["localhost", true],
    ["::1", true],
    ["[::1]", true],
    ["0.0.0.0", false],
    ["::", false],
    ["192.168.0.2", false],
    ["", false]
  ])("knows whether %s is loopback: %s", (host, expected) => {
    expect(isLoopback(host)).toBe(expected)
  })
})
