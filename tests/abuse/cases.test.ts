import { describe, expect, it } from "vitest"
import { readText } from "../house/source-file.ts"
import { cases } from "./cases.ts"

describe("the list of abuse cases", () => {
  it("has every case but those of media decoding, packaging and the emulator, each with a test", () => {
    expect(cases.map(({ number }) => number)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 32,
      33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 46, 47
    ])
    expect(cases.filter(({ coveredBy }) => coveredBy.length === 0)).toEqual([])
  })

  it.each(cases)("$number: $abuse", ({ coveredBy }) => {
    for (const test of coveredBy) {
      const [file = "", title = ""] = test.split(": ")
      expect(readText(file), `${file} has no test "${title}"`).toContain(title)
    }
  })
})
