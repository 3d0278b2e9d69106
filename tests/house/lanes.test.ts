import { describe, expect, it } from "vitest"
import { laneOf, leftOut, seeds, suites } from "../lanes.ts"
import { allPaths, sourceFile, sourceFiles } from "./source-file.ts"
import { syntaxOf } from "./syntax.ts"

const covers = (files: string, path: string): boolean =>
  files.endsWith("/**") ? path.startsWith(files.slice(0, -2)) : path === files

const isLeftOut = (path: string): boolean => suites.some(({ files }) => covers(files, path))

/** Test files that start processes, PostgreSQL or Chromium themselves. */
const slow = sourceFiles().filter(
  (file) =>
    file.path.endsWith(".test.ts") &&
    (/TestDatabase\.postgres/.test(file.text) ||
      syntaxOf(file).imports.some(({ specifier }) =>
        /\/(open-board|server-process|built-klingkit|crash-suite|pipeline-crash-suite|child)\.ts$|^playwright-core$/.test(
          specifier
        )
      ))
)

describe("the lanes", () => {
  it("name only test files that exist, each once", () => {
    const tests = allPaths().filter((path) => path.endsWith(".test.ts"))
    const patterns = suites.map(({ files }) => files)
    expect(patterns.filter((files) => !tests.some((path) => covers(files, path)))).toEqual([])
    expect(new Set(patterns).size).toBe(patterns.length)
  })

  it("leave everything that starts processes, PostgreSQL or Chromium out of the quick one", () => {
    expect(slow.length).toBeGreaterThan(10)
    expect(slow.map(({ path }) => path).filter((path) => !isLeftOut(path))).toEqual([])
  })

  it("leave less and less out", () => {
    const rooms = [...new Set(suites.map(({ files }) => sourceFile(files, "").room))]
    const count = (lane: "quick" | "standard" | "full") => rooms.flatMap((room) => leftOut(lane, room)).length
    expect(count("quick")).toBe(suites.length)
    expect(count("standard")).toBeLessThan(count("quick"))
    expect(count("full")).toBe(0)
    expect(seeds.standard).toBeLessThan(seeds.full)
  })

  it("leave nothing out unless one is named, and refuse an unknown name", () => {
    expect(laneOf(undefined)).toBe("full")
    expect(laneOf("quick")).toBe("quick")
    expect(() => laneOf("fast")).toThrow("LANE is fast")
  })
})
