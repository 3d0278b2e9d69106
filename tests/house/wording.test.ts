import { describe, expect, it } from "vitest"
import { allPaths, readText, root } from "./source-file.ts"
import { wordingProblems } from "./wording.ts"

const isText = (text: string): boolean => !text.includes("\0")

describe("the text of the project", () => {
  it("names no machine and no registry", () => {
    const problems = allPaths().flatMap((path) => {
      const text = readText(path)
      return isText(text) ? wordingProblems(path, text) : []
    })
    expect(problems).toEqual([])
  })

  it.each([
    ["this checkout", `cd ${root}`, "path of one machine"],
    ["a home that is nobody's", ["see ", "root", "notes.md"].join("/"), "path of one machine"],
    ["a registry", ["https://registry", "example.org"].join("."), "registry's host"]
  ])("would be caught naming %s", (_, text, message) => {
    expect(wordingProblems("README.md", text)).toEqual([expect.stringContaining(message)])
  })

  it("may speak of folders in a URL or a package", () => {
    expect(wordingProblems("README.md", "https://example.org/work/a, packages/root/b")).toEqual([])
  })

  it("keeps the guide for contributors short", () => {
    expect(readText("AGENTS.md").trimEnd().split("\n").length).toBeLessThanOrEqual(80)
  })
})
