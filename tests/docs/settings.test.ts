import { describe, expect, it } from "vitest"
import { readText, sourceFiles } from "../house/source-file.ts"
import { start } from "../mcp/program.ts"

const variable = /KLING(?:AI|KIT)?_[A-Z_]+/g
const rows = readText("docs/settings.md").match(/^\| `KLING.*$/gm) ?? []
const documented = new Set(rows.flatMap((row) => row.match(variable) ?? []))

/** What the sources ask the environment for: by a call with the name alone, or out of `process.env`. */
const asked = new Set(
  sourceFiles()
    .filter(({ isTest }) => !isTest)
    .flatMap(({ text }) => [...text.matchAll(/\("(KLING[A-Z_]+)"\)|(KLING[A-Z_]+): \w+ = ""/g)])
    .flatMap(([, called, taken]) => called ?? taken ?? [])
)

const oldNames = new Set(["KLING_ACCESS_KEY", "KLING_SECRET_KEY"])
const forHttp = new Set(["KLINGKIT_SECRET", "KLINGKIT_ALLOWED_HOSTS", "KLINGKIT_ALLOWED_ORIGINS"])

describe("the page of settings", () => {
  it("has what the sources ask for, and nothing else", () => {
    expect([...documented].toSorted()).toEqual([...asked].toSorted())
  })

  it.each(["klingkit-mcp", "klingkit-mcp-http"] as const)("has no more than %s --help", async (name) => {
    const program = start(name, ["--help"])
    await program.ended
    const named = new Set(program.stdout.match(variable))
    const due = [...documented].filter(
      (one) => !oldNames.has(one) && (name === "klingkit-mcp-http" || !forHttp.has(one))
    )
    expect(due.filter((one) => !named.has(one))).toEqual([])
  })
})
