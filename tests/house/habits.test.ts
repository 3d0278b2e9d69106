import { describe, expect, it } from "vitest"
import { allowances, habitProblems, habits } from "./habits.ts"
import { sourceFile, sourceFiles } from "./source-file.ts"

const broken = (path: string, text: string) => habitProblems(sourceFile(path, text)).map(({ habit }) => habit)

const allowed = ({ habit, path }: { habit: string; path: string }) =>
  allowances.some((other) => other.habit === habit && other.path === path)

/** A breach of each habit. */
const samples: ReadonlyArray<readonly [habit: string, path: string, text: string]> = [
  ["console", "packages/core/src/a.ts", `console.log("x")`],
  ["console", "apps/mcp-stdio/src/a.ts", `console.error("x")`],
  ["as any", "apps/cli/src/a.ts", `export const a = (1 as any).b`],
  ["as any", "packages/core/src/a.test.ts", `export const a = (<any>1).b`],
  ["silenced compiler", "packages/core/src/a.ts", `${["// @ts", "ignore"].join("-")}\nexport const a = 1`],
  ["left for later", "packages/core/src/a.ts", `/* ${["TO", "DO"].join("")}: fix */`],
  ["test left out", "packages/core/src/a.test.ts", `it.skip("x", () => {})`],
  ["test left out", "apps/cli/test/a.test.ts", `it.effect.only("x", () => {})`],
  ["wall clock", "packages/core/src/a.ts", `export const a = Date.now()`],
  ["wall clock", "packages/jobs/src/a.ts", `export const a = new Date()`],
  ["bare timer", "packages/core/src/a.ts", `setTimeout(() => {}, 5)`],
  ["bare dice", "packages/emulator/src/a.ts", `export const a = Math.random()`],
  ["global crypto", "packages/jobs/src/a.ts", `export const a = crypto.randomUUID()`],
  ["raw markup", "packages/mcp/board/a.tsx", `export const a = <p dangerouslySetInnerHTML={{ __html: b }} />`],
  ["raw markup", "packages/mcp/board/a.ts", `b.innerHTML = c`],
  ["raw markup", "packages/mcp/board/a.ts", `b["insertAdjacentHTML"]("beforeend", c)`],
  ["runSync", "packages/core/src/a.ts", `export const a = Effect.runSync(b)`],
  ["Node's globals", "packages/core/src/a.ts", `export const a = process.env["A"]`],
  ["Node's globals", "packages/emulator/src/a.ts", `export const a = Buffer.from("a")`],
  ["advice as a command", "packages/core/src/a.ts", "export const a = `see it with: task get ${b}`"],
  ["advice as a command", "packages/jobs/src/a.ts", `export const a = "approve it (--yes)"`],
  ["advice as a command", "packages/media/src/a.ts", `export const a = "check the id with: task list"`],
  ["variable in a text or in data", "packages/core/src/a.ts", `export const a = "set KLINGAI_API_KEY"`],
  ["variable in a text or in data", "packages/jobs/src/a.ts", `export const a = { setting: "KLINGKIT_HOME" }`],
  ["sentence taken apart", "apps/cli/src/a.ts", `export const a = (b: Error) => b.message.replace(/x/, "y")`],
  ["sentence taken apart", "packages/tools/src/a.ts", `export const a = (message: string) => /^x/.test(message)`]
]

describe("habits", () => {
  const found = sourceFiles().flatMap(habitProblems)

  it("are kept by every file, except for the allowances", () => {
    expect(found.filter((problem) => !allowed(problem)).map(({ text }) => text)).toEqual([])
  })

  it("have no unused allowance", () => {
    const unused = allowances.filter(
      ({ habit, path }) => !found.some((other) => other.habit === habit && other.path === path)
    )
    expect(unused).toEqual([])
  })

  it.each(samples)("report a breach of: %s, in %s: %s", (habit, path, text) => {
    expect(broken(path, text)).toEqual([habit])
  })

  it("have a sample each", () => {
    expect(new Set(samples.map(([habit]) => habit))).toEqual(new Set(habits.map(({ name }) => name)))
  })

  it.each([
    ["packages/core/src/a.test.ts", `export const a = Date.now()`],
    ["packages/core/src/a.ts", `// Date.now() would not advance under a test clock\nexport const a = new Date(5)`],
    ["packages/core/src/a.ts", `export const text = "console.log(Math.random())"`],
    ["packages/emulator/src/server/main.ts", `export const a = process.argv`],
    ["apps/cli/src/a.ts", `console.log("x")`],
    ["apps/cli/src/a.ts", `export const a = "klingkit task get kk-1 --json"`],
    ["packages/jobs/src/a.ts", `export const a = Config.String("KLINGKIT_HOME")`],
    ["packages/jobs/src/a.ts", `export const a = { KLINGKIT_HOME: b }`]
  ])("accept: %s: %s", (path, text) => {
    expect(broken(path, text)).toEqual([])
  })
})
