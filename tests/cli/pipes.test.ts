import { describe, expect, it } from "vitest"
import { linkedBin, start } from "./testing/built-klingkit.ts"

describe("in a pipe", () => {
  it("a reader that closes early is not an error, and no stack trace is printed", async () => {
    const { ended } = start("sh", ["-c", `{ ${linkedBin} api list --json; echo "code $?" >&2; } | true`])
    expect((await ended).stderr).toBe("code 0\n")
  })

  it("a long output arrives completely", async () => {
    const { ended } = start("sh", ["-c", `${linkedBin} api list --reads --json | cat`])
    expect(JSON.parse((await ended).stdout).length).toBeGreaterThan(100)
  })
})
