import { describe, expect, it } from "vitest"
import { linkedBin, start } from "./testing/built-klingkit.ts"

describe("in a pipe", () => {
  it("a reader that goes early is no failure, and no stack is shown", async () => {
    const { ended } = start("sh", ["-c", `{ ${linkedBin} api list --json; echo "code $?" >&2; } | true`])
    expect((await ended).stderr).toBe("code 0\n")
  })

  it("the whole of a long answer arrives", async () => {
    const { ended } = start("sh", ["-c", `${linkedBin} api list --reads --json | cat`])
    expect(JSON.parse((await ended).stdout).length).toBeGreaterThan(100)
  })
})
