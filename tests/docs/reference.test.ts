import { catalog, checkInput, derivedReads, findOperation, type Params } from "@klingkit/core"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { allPaths, readText, root } from "../house/source-file.ts"

const pages = allPaths("docs/reference/").map((path) => ({ path, text: readText(path) }))
const all = pages.map(({ text }) => text).join("\n")

const blocks = (language: string): ReadonlyArray<string> =>
  [...all.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, block = ""]) => block)

/** The part of a page that speaks of one operation. */
const sectionOf = (id: string): string => {
  const sections = pages.flatMap(({ text }) => text.split(/^## /m)).filter((section) => section.startsWith(`${id}\n`))
  expect({ id, sections: sections.length }).toEqual({ id, sections: 1 })
  return sections[0] ?? ""
}

const places = (params: Params): ReadonlyArray<string> =>
  Object.values(params).flatMap(({ at, type }) => {
    const inside = type.kind === "list" ? type.of : type
    return [at, ...(inside.kind === "record" ? places(inside.fields) : [])]
  })

describe("the reference", () => {
  it("is what `npm run generate` writes today", () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/generate.ts", "--check", "docs/reference"], {
      cwd: root,
      encoding: "utf8"
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  })

  it("has one section for each operation, with every parameter in it", () => {
    const missing = catalog.flatMap(({ id, params, path }) => {
      const section = sectionOf(id)
      return [path, ...places(params)].filter((place) => !section.includes(place)).map((place) => `${id}: ${place}`)
    })
    expect(missing).toEqual([])
    expect(derivedReads.filter(({ id }) => !all.includes(`\`${id}\``))).toEqual([])
  })

  it("marks what is experimental", () => {
    const marked = catalog.filter(({ id }) => sectionOf(id).includes("**Experimental**")).map(({ id }) => id)
    expect(marked.toSorted()).toEqual(
      catalog
        .filter(({ confidence }) => confidence === "low")
        .map(({ id }) => id)
        .toSorted()
    )
    expect(marked).toContain("new.t2v.kling-4.0")
  })

  it("gives commands whose input is accepted", () => {
    const commands = blocks("sh").flatMap((block) => block.split("\n").filter((line) => line.includes(" api call ")))
    expect(commands).toHaveLength(catalog.length)
    const problems = commands.flatMap((command): ReadonlyArray<unknown> => {
      const [, id = "", input = "{}"] = /^klingkit api call (\S+)(?: --input '(.*)')?$/.exec(command) ?? []
      const operation = findOperation(id)
      return operation === undefined ? [command] : checkInput(operation.params, operation.rules, JSON.parse(input))
    })
    expect(problems).toEqual([])
  })

  it("gives programs that compile", () => {
    const programs = blocks("ts").filter((block) => block.startsWith("import"))
    expect(programs).toHaveLength(catalog.length)
    const folder = mkdtempSync(join(tmpdir(), "klingkit-docs-"))
    try {
      for (const [index, program] of programs.entries()) writeFileSync(join(folder, `example-${index}.ts`), program)
      const compilerOptions = {
        lib: ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
        types: [],
        noUnusedLocals: false,
        paths: { "@klingkit/core": [join(root, "packages/core/src/index.ts")] }
      }
      writeFileSync(
        join(folder, "tsconfig.json"),
        JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["*.ts"] })
      )
      writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
      const { status, stdout } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" })
      expect({ status, stdout }).toEqual({ status: 0, stdout: "" })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
