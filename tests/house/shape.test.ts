import { describe, expect, it } from "vitest"
import { lengths, shapeProblems } from "./shape.ts"
import { type SourceFile, sourceFile, sourceFiles } from "./source-file.ts"

const lines = (count: number) => "const a = 1\n".repeat(count)
const problems = (path: string, text = lines(50)) => shapeProblems(sourceFile(path, text))

/** Small enough to read in one go, not so small that code is scattered. The median of few files says little. */
const readable = (files: ReadonlyArray<SourceFile>): boolean => {
  const { median, p90 } = lengths(files)
  return files.length < 60 || (median >= 40 && median <= 120 && p90 <= 300)
}

const filesOf = (count: number, linesEach: number) =>
  Array.from({ length: count }, (_, index) => sourceFile(`packages/core/src/a${index}.ts`, lines(linesEach)))

describe("the shape of the files", () => {
  const shipped = sourceFiles().filter((file) => !file.isTest)

  it("is short, shallow and well named", () => {
    expect(sourceFiles().flatMap(shapeProblems)).toEqual([])
  })

  it("keeps a readable median and 90th percentile", () => {
    expect({ ...lengths(shipped), readable: readable(shipped) }).toMatchObject({ readable: true })
  })

  it.each([
    ["a file too long", "packages/core/src/a.ts", lines(401), "401 lines"],
    ["a folder too deep", "packages/core/src/a/b/c/d/e/f.ts", lines(1), "5 folders deep"],
    ["a name that is not kebab-case", "packages/core/src/textToVideo.ts", lines(1), "kebab-case"],
    ["a name that is meaningless", "packages/core/src/utils.ts", lines(1), "does not say"],
    ["a test of a name that is meaningless", "packages/core/src/helpers.test.ts", lines(1), "does not say"],
    ["a folder that is meaningless", "apps/cli/src/common/a.ts", lines(1), "does not say"]
  ])("reports %s", (_, path, text, message) => {
    expect(problems(path, text)).toEqual([expect.stringContaining(message)])
  })

  it("accepts 400 lines, four folders and generated files", () => {
    expect(problems("packages/core/src/a/b/c/d/text-to-video.live.test.ts", lines(400))).toEqual([])
    expect(problems("packages/core/src/generated/a.ts", lines(5000))).toEqual([])
  })

  it.each([
    ["tiny files", filesOf(80, 10), false],
    ["long files", filesOf(80, 200), false],
    ["a tail of long files", [...filesOf(60, 60), ...filesOf(20, 350)], false],
    ["files to read in one go", filesOf(80, 80), true],
    ["a young project", filesOf(20, 10), true]
  ])("judges %s", (_, files, expected) => {
    expect(readable(files)).toBe(expected)
  })
})
