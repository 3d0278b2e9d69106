import { describe, expect, it } from "vitest"
import { wordAllowances } from "./old-words.ts"
import { allPaths, readText, root, sourceFile } from "./source-file.ts"
import { codeWordProblems, fileNameProblems, isAllowedWord, pageWordProblems, wordingProblems } from "./wording.ts"

const isText = (text: string): boolean => !text.includes("\0")
const isCode = (path: string): boolean => /^(packages|apps|scripts|tests)\/.*\.(ts|mjs)$/.test(path)
const isPage = (path: string): boolean =>
  /^(docs\/.*|README|AGENTS|\.changeset\/.*|(packages|apps)\/[^/]+\/README)\.md$/.test(path)

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
    ["a root folder", ["see ", "root", "notes.md"].join("/"), "path of one machine"],
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

describe("the words of the project", () => {
  const found = allPaths().flatMap((path) => {
    const named = /^(packages|apps|scripts|tests)\//.test(path) ? fileNameProblems(path) : []
    if (isCode(path)) return [...named, ...codeWordProblems(sourceFile(path, readText(path)))]
    return isPage(path) ? [...named, ...pageWordProblems(path, readText(path))] : named
  })

  it("are those of the glossary", () => {
    expect(found.filter((problem) => !isAllowedWord(problem)).map(({ text }) => text)).toEqual([])
  })

  it("have no unused allowance", () => {
    const unused = wordAllowances.filter(({ path, old }) =>
      found.every((problem) => problem.path !== path || problem.old !== old)
    )
    expect(unused).toEqual([])
  })

  const inCode = (text: string, path = "packages/core/src/a.ts") =>
    codeWordProblems(sourceFile(path, text)).map(({ old }) => old)

  it.each([
    ["a variable", "export const firstLook = 1", ["look"]],
    ["a bound variable", "export const { task: told, ...wishes } = a", ["told", "wishes"]],
    ["a parameter", "export const f = (purse: string, [clip]: A) => 1", ["purse", "clip"]],
    ["a default parameter", "function f(pictures = 1) {}", ["pictures"]],
    ["a private member", "class A { #alarms = 1 }", ["alarms"]],
    ["a method", "class A { takeUp(): void {} }", ["take up"]],
    ["a type", "type QueuePlace = 1", ["place"]],
    ["a field of a type", "interface A { readonly promisedAt: number }", ["promised"]],
    ["a key", "export const a = { nobody: 1 }", ["nobody"]],
    ["an acronym", "export const maxUSDLook = 1", ["look"]],
    ["an import's new name", `import { poll as look } from "./a.ts"`, ["look"]],
    ["a comment", "/** Whoever asks\n * is told. */\nexport const a = 1", ["whoever", "is told"]],
    ["a phrase over two lines", "/** The task goes\n * on. */\nexport const a = 1", ["goes on"]],
    ["a message", `export const a = "the price needs a yes"`, ["a yes"]],
    ["a template", "export const a = `mend ${b} first`", ["mend"]]
  ])("are checked in %s", (_, text, old) => {
    expect(inCode(text)).toEqual(expect.arrayContaining(old))
    expect(inCode(text)).toHaveLength(old.length)
  })

  it.each([
    ["it", `it("tells nobody", () => {})`],
    ["it.effect", `it.effect("tells nobody", () => {})`],
    ["it.each", `it.each([["a"]])("tells nobody", () => {})`],
    ["describe.each", "describe.each([1])(`tells nobody ${1}`, () => {})"]
  ])("are checked in the titles of %s", (_, text) => {
    expect(inCode(text, "packages/core/src/a.test.ts")).toEqual(["nobody"])
  })

  it.each([
    ["a lookup", "export const lookup = (taskLookup: A) => taskLookup.lookUpAll"],
    ["a name of another library", "cells.chain(cellsOf).clip"],
    ["an import that keeps its name", `import { chain } from "effect"`],
    ["a shorthand, whose name is checked where it is declared", "f({ clip })"],
    ["a wire field", "export const a = { allow_repeat: 1, picture_list: 2 }"],
    ["a word inside another", "export const placeholder = reachable"],
    ["a prototype chain", "// Walks the prototype chain.\nexport const a = 1"],
    ["inline code", "// The `chain` command is an alias.\nexport const a = 1"],
    ["a key that is no sentence", `export const a = "kk-chain"`],
    ["an example prompt", `export const example = { prompt: "a person in a film" }`],
    ["SQL", 'export const a = ["ALTER TABLE a ADD chain TEXT", sql`SELECT chain FROM a WHERE clip = ${1} AND film`]'],
    ["an end of a list", "// There is none, there is no task of that name.\nexport const a = 1"]
  ])("may be %s", (_, text) => {
    expect(inCode(text)).toEqual([])
  })

  it("know films of a story, and people in images", () => {
    expect(inCode("export const film = 1", "packages/film/src/a.ts")).toEqual([])
    expect(pageWordProblems("docs/films.md", "A film of a story")).toEqual([])
    expect(inCode("// The person in the image.\nexport const a = 1")).toEqual([])
  })

  it("leave what a test sends to Kling alone", () => {
    expect(inCode(`it("works", () => send("a person, a clip"))`, "packages/core/src/a.test.ts")).toEqual([])
  })

  it("are checked in the names of files and folders", () => {
    const words = (path: string) => fileNameProblems(path).map(({ old }) => old)
    expect(words("packages/jobs/src/watch/look-times.ts")).toEqual(["look"])
    expect(words("packages/jobs/src/chains/run.ts")).toEqual(["chains"])
    expect(words("packages/tools/src/error-words.ts")).toEqual(["words"])
    expect(words("packages/tools/src/lookup.ts")).toEqual([])
  })

  it("are checked in pages, but not in their code and links", () => {
    const page = "# Films\n`film` [a](films.md)\n```\nfilm\n```\nIt goes\non, [clip](a.md)\n"
    expect(pageWordProblems("docs/a.md", page).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^docs\/a\.md:1: says "films"; use video/),
      expect.stringMatching(/^docs\/a\.md:6: says "goes on"; use continue/),
      expect.stringMatching(/^docs\/a\.md:7: says "clip"; use video$/)
    ])
  })

  it("are named with the word to use instead, and the line", () => {
    const [problem] = codeWordProblems(sourceFile("packages/core/src/a.ts", "\nexport const purse = 1"))
    expect(problem?.text).toBe(`packages/core/src/a.ts:2: "purse" says "purse"; use spend scope`)
  })
})
