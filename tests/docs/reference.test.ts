import { catalog, type Params } from "@klingkit/core"
import { derivedReads } from "@klingkit/core/internal"
import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { root } from "../house/source-file.ts"
import { referenceText, sectionOf } from "./reference-pages.ts"

const wirePaths = (params: Params): ReadonlyArray<string> =>
  Object.values(params).flatMap(({ path, type }) => {
    const inside = type.kind === "array" ? type.of : type
    return [path, ...(inside.kind === "object" ? wirePaths(inside.fields) : [])]
  })

describe("the reference", () => {
  it("is up to date with `npm run generate`", () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/generate.ts", "--check", "docs/reference"], {
      cwd: root,
      encoding: "utf8"
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  })

  it("has one section for each operation, with every parameter in it", () => {
    const missing = catalog.flatMap(({ id, params, path }) => {
      const section = sectionOf(id)
      return [path, ...wirePaths(params)]
        .filter((wirePath) => !section.includes(wirePath))
        .map((wirePath) => `${id}: ${wirePath}`)
    })
    expect(missing).toEqual([])
    const all = referenceText()
    expect(derivedReads.filter(({ id }) => !all.includes(`\`${id}\``))).toEqual([])
  })

  it("marks experimental operations", () => {
    const marked = catalog.filter(({ id }) => sectionOf(id).includes("**Experimental**"))
    expect(marked).toEqual(catalog.filter(({ confidence }) => confidence === "low"))
    expect(marked.map(({ id }) => id)).toContain("new.t2v.kling-4.0")
  })
})
