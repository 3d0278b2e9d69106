import { catalog, checkInput, findOperation } from "@klingkit/core"
import { findTool } from "@klingkit/tools"
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, describe, expect, it } from "vitest"
import { allPaths, readText, root } from "../house/source-file.ts"
import { compileErrors } from "./compile-programs.ts"
import { blocksOf, referenceText, sectionOf } from "./reference-pages.ts"

const run = promisify(execFile)
const reference = referenceText()

/** Where the commands of the examples look for a ledger. */
const home = mkdtempSync(join(tmpdir(), "klingkit-docs-"))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** The arguments of a command line, without single quotes. */
const argumentsOf = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(([, quoted, plain = ""]) =>
    quoted === undefined ? plain : quoted.replaceAll(String.raw`'\''`, "'")
  )

/** The commands of requests in the reference, each with the operation whose section it is in; what is free has no dry run. */
const commands = catalog.flatMap(({ id }) =>
  blocksOf(sectionOf(id), "sh").flatMap((block) =>
    block
      .split("\n")
      .filter((line) => /^klingkit (?!api )\w+ (?!list |delete )\w+ /.test(line))
      .map((line) => ({ id, line, keyPair: block.startsWith("# with an access/secret key pair") }))
  )
)

describe("the examples of the reference", () => {
  it("as `klingkit api call` have a valid input", () => {
    const lines = blocksOf(reference, "sh").flatMap((block) =>
      block.split("\n").filter((text) => text.includes("api call"))
    )
    expect(lines).toHaveLength(catalog.length)
    const problems = lines.flatMap((line): ReadonlyArray<unknown> => {
      const [, , , id = "", flag, input = "{}"] = argumentsOf(line)
      const operation = findOperation(id)
      return operation === undefined || (flag ?? "--input") !== "--input"
        ? [line]
        : checkInput(operation.params, operation.rules, JSON.parse(input))
    })
    expect(problems).toEqual([])
  })

  it.each(commands)("as a command plan $id: $line", async ({ id, line, keyPair }) => {
    const [, ...args] = argumentsOf(line)
    const credential = keyPair ? { KLINGAI_ACCESS_KEY: "a", KLINGAI_SECRET_KEY: "s" } : { KLINGAI_API_KEY: "k" }
    const { stdout } = await run(
      process.execPath,
      [join(root, "apps/cli/bin/klingkit.mjs"), ...args, "--dry-run", "--json"],
      { env: { ...credential, HOME: home, PATH: process.env["PATH"] } }
    )
    expect(JSON.parse(stdout)).toMatchObject({ dryRun: true, operation: id })
  })

  it("as a tool call name an existing tool and its arguments", () => {
    const calls = blocksOf(reference, "json").map(
      (block) => JSON.parse(block) as { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }
    )
    expect(calls.length).toBeGreaterThan(10)
    const problems = calls.filter((call) => {
      const schema = findTool(call.name)?.inputSchema as
        | { readonly properties: Readonly<Record<string, unknown>>; readonly required?: ReadonlyArray<string> }
        | undefined
      const names = Object.keys(call.arguments)
      return (
        schema === undefined ||
        names.some((name) => !Object.hasOwn(schema.properties, name)) ||
        (schema.required ?? []).some((name) => !names.includes(name))
      )
    })
    expect(problems).toEqual([])
  })

  it("as a program compile", async () => {
    const programs = blocksOf(reference, "ts").filter((block) => block.startsWith("import"))
    expect(programs).toHaveLength(catalog.length)
    expect(await compileErrors(programs)).toBe("")
  })
})

/** The most used public names of core. */
const exemplified = [
  "Kling",
  "KlingError",
  "createKling",
  "findOperation",
  "operations",
  "planImage",
  "planOperation",
  "planVideo",
  "retrySchedule",
  "verifyCallback"
]

describe("the examples in docstrings", () => {
  /** Each `@example`, with the name that it documents. */
  const examples = allPaths("packages/core/src/")
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => [
      ...readText(path).matchAll(
        /\/\*\*\n(?:(?!\*\/)[^])*?@example\n((?:(?!\*\/)[^])*?)\*\/\nexport (?:const|class|interface) (\w+)/g
      )
    ])
    .map(([, text = "", name = ""]) => ({ name, program: blocksOf(text.replaceAll(/^ \* ?/gm, ""), "ts").join("\n") }))

  it("are there for the most used names", () => {
    expect(examples.map(({ name }) => name).toSorted()).toEqual(exemplified)
    expect(examples.filter(({ name, program }) => !program.includes(name))).toEqual([])
  })

  it("compile", async () => {
    expect(await compileErrors(examples.map(({ program }) => program))).toBe("")
  })
})
