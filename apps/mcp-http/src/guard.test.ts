import { describe, expect, it } from "vitest"
import { type Guard, isLoopback, readGuard, denyReason } from "./guard.ts"

const guard = readGuard("kling.team.example, [2001:db8::1]", "https://app.example") as Guard

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
    [{ host: "localhost", origin: "chrome-extension://localhost" }, "KLINGKIT_ALLOWED_ORIGINS"]
  ])("checks %j", (headers, names) => {
    const reason = denyReason(headers, guard)
    expect(reason === undefined ? undefined : /KLINGKIT_\w+/.exec(reason)?.[0]).toBe(names)
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
