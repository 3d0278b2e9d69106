import { describe, expect, it } from "vitest"
import { fontFiles } from "../server/font-files.ts"
import { openTypeface } from "./typeface.ts"

describe("openTypeface", () => {
  it("has the characters of Chinese, Japanese kana, Latin and Cyrillic prompts, in any order", async () => {
    const text = "一只橘猫坐在月光下的屋顶上弹钢琴，电影感镜头。漢字 かなカナ “naïve” Привет 0123 — …"
    const typeface = await openTypeface(text, fontFiles())
    const box = typeface("\uFFFF")
    const characters = [...new Set(text)]
    expect(characters.filter((character) => typeface(character) === box)).toEqual([])
    const chinese = characters.filter((character) => /\p{Script=Han}/u.test(character))
    expect(new Set(chinese.map((character) => JSON.stringify(typeface(character).outline))).size).toBe(chinese.length)
  })

  it("draws a box for a character that the font lacks", async () => {
    const typeface = await openTypeface("한😀ع", fontFiles())
    const box = typeface("\uFFFF")
    expect(box.outline.length).toBeGreaterThan(0)
    for (const character of "한😀ع") expect(typeface(character)).toBe(box)
  })

  it("reads only the subsets that the text needs", async () => {
    const files = fontFiles()
    const read: Array<string> = []
    const spying = { ...files, readSubset: (name: string) => (read.push(name), files.readSubset(name)) }
    await openTypeface("cat and dog", spying)
    expect(read).toEqual(["latin"])
  })
})
