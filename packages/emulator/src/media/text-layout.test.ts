import { describe, expect, it } from "vitest"
import { cleanText, fitText, textWidthEms, wrapText } from "./text-layout.ts"
import type { Typeface } from "./typeface.ts"

/** A typeface whose Latin characters are half as wide as Chinese ones. */
const typeface: Typeface = (character) => ({
  outline: [],
  unitsPerEm: 1000,
  advanceEms: character.charCodeAt(0) < 128 ? 0.5 : 1
})

describe("cleanText", () => {
  it("reduces an untrusted prompt to one clean line", () => {
    expect(cleanText("  a\u0000\u0007b\r\n\tc \u202E\u200Bd\u2028e\uD800 ")).toBe("a b c d e\uFFFD")
  })
})

describe("wrapText", () => {
  it("breaks between words", () => {
    expect(wrapText("the quick brown fox", typeface, 5)).toEqual(["the quick", "brown fox"])
  })

  it("breaks between Chinese characters, never before their punctuation", () => {
    expect(wrapText("一二三，四五", typeface, 3)).toEqual(["一二", "三，四", "五"])
  })

  it("breaks a word that is wider than a line", () => {
    expect(wrapText("a abcdefghij b", typeface, 2)).toEqual(["a", "abcd", "efgh", "ij b"])
  })

  it("drops only spaces, and no line is too wide", () => {
    const text = "A 猫 plays “钢琴”，slowly, on_a_very_long_roof_of_tiles 屋顶。 End"
    for (const width of [1, 2.5, 4, 9]) {
      const lines = wrapText(text, typeface, width)
      expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""))
      for (const line of lines) expect(textWidthEms(line, typeface)).toBeLessThanOrEqual(width)
    }
  })
})

describe("fitText", () => {
  const box = { width: 400, height: 140 }
  const sizes = { largest: 80, smallest: 20 }

  it("sets short text at the largest size", () => {
    expect(fitText("cat", typeface, box, sizes)).toEqual({ sizePixels: 80, lines: ["cat"] })
  })

  it("sets longer text smaller, but completely", () => {
    const text = "a cat plays the piano on a roof"
    const { lines, sizePixels } = fitText(text, typeface, box, sizes)
    expect(lines.join(" ")).toBe(text)
    expect(sizePixels).toBeLessThan(80)
  })

  it("truncates text that does not fit with an ellipsis inside the box", () => {
    const { lines, sizePixels } = fitText("猫".repeat(2500), typeface, box, sizes)
    expect(sizePixels).toBe(20)
    expect(lines).toHaveLength(5)
    expect(lines.at(-1)).toMatch(/猫…$/)
    for (const line of lines) expect(textWidthEms(line, typeface) * sizePixels).toBeLessThanOrEqual(box.width)
  })
})
