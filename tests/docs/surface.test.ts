import * as core from "@klingkit/core"
import * as jobs from "@klingkit/jobs"
import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { readText, root } from "../house/source-file.ts"

/** The names that a report declares at the top. */
const declared = (report: string): ReadonlyArray<string> =>
  [...report.matchAll(/^(?:abstract )?(?:class|const|function|interface|type|let) (\w+)/gm)].map(
    ([, name = ""]) => name
  )

describe("the surface that others embed", () => {
  it("is what docs/api says; a change of it is made by `npm run generate`, and seen in review", () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/generate.ts", "--check", "docs/api"], {
      cwd: root,
      encoding: "utf8"
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  })

  it.each([
    ["core", core],
    ["jobs", jobs]
  ])("is declared whole: %s", (name, offered) => {
    const names = declared(readText(`docs/api/${name}.txt`))
    expect(Object.keys(offered).filter((one) => !names.includes(one))).toEqual([])
  })

  it("is shown without comments, and with what a class rests on", () => {
    const report = readText("docs/api/core.txt")
    expect(report).not.toMatch(/\/\*\*|^\s*\/\//m)
    expect(report).toMatch(/^class Kling extends Kling_base \{\n.+\n[\s\S]+?^const Kling_base: /m)
    expect(report).toContain(`submit<P extends Params>(operation: Operation<P>`)
  })
})
