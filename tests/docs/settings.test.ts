import { Setting } from "@klingkit/core"
import { variableOf } from "@klingkit/core/internal"
import { describe, expect, it } from "vitest"
import { readText, sourceFiles } from "../house/source-file.ts"
import { start } from "../mcp/server-process.ts"

const variable = /KLING(?:AI|KIT)?_[A-Z_]+/g
const rows = readText("docs/settings.md").match(/^\| `KLING.*$/gm) ?? []
const documented = new Set(rows.flatMap((row) => row.match(variable) ?? []))

/** The environment variables that the sources read: by a call with the name alone, or from `process.env`. */
const used = new Set(
  sourceFiles()
    .filter(({ isTest }) => !isTest)
    .flatMap(({ text }) => [...text.matchAll(/\("(KLING[A-Z_]+)"\)|(KLING[A-Z_]+): \w+ = ""/g)])
    .flatMap(([, called, destructured]) => called ?? destructured ?? [])
)

const oldNames = new Set(["KLING_ACCESS_KEY", "KLING_SECRET_KEY"])
const forHttp =
  /^KLINGKIT_(SECRET|FORMER_SECRETS|OWN_ACCOUNTS|PUBLIC_URL|PROJECT_CLAIM|ORGANIZATION_CLAIM|ALLOWED_|AUDIT_|AUTH_|CALLBACK_|DRAIN_|LOG|METRICS|MEDIA_(BUCKET|ORIGIN|REGION))/

describe("docs/settings.md", () => {
  it("lists the variables that the sources read, and no others", () => {
    expect([...documented].toSorted()).toEqual([...used].toSorted())
  })

  it("describes each in one row", () => {
    const rows = [...readText("docs/settings.md").matchAll(/^\| `(KLING\w+)`/gm)].map(([, name]) => name)
    expect(rows.length).toBeGreaterThan(30)
    expect(rows.filter((name, index) => rows.indexOf(name) !== index)).toEqual([])
  })

  it.each(["docs/hosting.md", "docs/operating.md", "docs/rest.md", "docs/webhooks.md"])(
    "lists every setting that %s names",
    (page) => {
      const named = new Set(readText(page).match(/KLING(?:AI|KIT)_[A-Z_]+[A-Z]/g))
      expect(named.size).toBeGreaterThan(1)
      expect([...named].filter((name) => !documented.has(name))).toEqual([])
    }
  )

  it("lists every setting that errors name", () => {
    expect(Setting.literals.map(variableOf).filter((name) => !documented.has(name))).toEqual([])
  })

  it.each(["klingkit-mcp", "klingkit-mcp-http"] as const)("lists nothing that %s --help omits", async (name) => {
    const program = start(name, ["--help"])
    await program.ended
    const named = new Set(program.stdout.match(variable))
    const expected = [...documented].filter(
      (variable) => !oldNames.has(variable) && (name === "klingkit-mcp-http" || !forHttp.test(variable))
    )
    expect(expected.filter((variable) => !named.has(variable))).toEqual([])
  })
})
