import * as core from "@klingkit/core"
import * as internal from "@klingkit/core/internal"
import * as jobs from "@klingkit/jobs"
import * as media from "@klingkit/media"
import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { allPaths, readText, root } from "../house/source-file.ts"

/** The top-level names that a report declares, or exports from another package. */
const declared = (report: string): ReadonlyArray<string> =>
  [...report.matchAll(/^(?:(?:abstract )?(?:class|const|function|interface|type|let)|export \{) (\w+)/gm)].map(
    ([, name = ""]) => name
  )

describe("the public API", () => {
  it("matches docs/api; `npm run generate` updates it, for review", () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/generate.ts", "--check", "docs/api"], {
      cwd: root,
      encoding: "utf8"
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
    // Three packages are compiled.
  })

  it.each([
    ["core", core],
    ["media", media],
    ["jobs", jobs]
  ])("is declared completely: %s", (name, exported) => {
    const names = declared(readText(`docs/api/${name}.txt`))
    expect(Object.keys(exported).filter((key) => !names.includes(key))).toEqual([])
  })

  it("leaves out what the rooms of this repository share, and no page for users names it", () => {
    const pages = allPaths().filter(
      (path) => path.endsWith(".md") && !/^(\.changeset\/|docs\/adr\/|AGENTS\.md$)/.test(path)
    )
    const naming = [...pages, "docs/api/core.txt"].filter((path) => readText(path).includes("core/internal"))
    expect(naming).toEqual([])
    const report = declared(readText("docs/api/core.txt"))
    expect(Object.keys(internal).filter((name) => report.includes(name) || name in core)).toEqual([])
  })

  it("is printed without comments, and with the base of each class", () => {
    const report = readText("docs/api/core.txt")
    expect(report).not.toMatch(/\/\*\*|^\s*\/\//m)
    expect(report).toMatch(/^class Kling extends Kling_base \{\n.+\n[\s\S]+?^const Kling_base: /m)
    expect(report).toContain(`submit<P extends Params>(operation: TaskOperation<P>`)
  })
})
