import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { readText, root } from "../house/source-file.ts"
import { blocksOf } from "./reference-pages.ts"

describe("docs/architecture.md", () => {
  it("is up to date with `npm run generate`", () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/generate.ts", "--check", "docs/architecture.md"], {
      cwd: root,
      encoding: "utf8"
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  })

  it("draws the direct imports of each room, and each transition of a job once", () => {
    const [rooms = "", states = ""] = blocksOf(readText("docs/architecture.md"), "mermaid")
    expect(rooms).toContain("packages-mcp --> packages-tools")
    expect(rooms).not.toContain("packages-mcp --> packages-core")
    expect(states).toContain("SENDING --> INTENT: after one send at most")
    expect(states.match(/UNKNOWN --> ACCEPTED/g)).toHaveLength(1)
    expect(states).not.toMatch(/REFUSED --> [^[]/)
  })
})
