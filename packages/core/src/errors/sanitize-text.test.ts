import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { sanitizeText } from "./sanitize-text.ts"

describe("untrusted text", () => {
  it("loses colours, cursor movements and line breaks", () => {
    expect(sanitizeText("\u001b[31mred\u001b[0m and\u001b[2J gone")).toBe("red and gone")
    expect(sanitizeText("one\r\ntwo\ttabbed\u0007\u0000\u009b31m")).toBe("one two tabbed 31m")
    expect(sanitizeText("\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007")).not.toMatch(/[\u001b\u0007]/)
  })

  it("loses characters that reverse or hide text", () => {
    expect(sanitizeText("safe\u202egnp.exe\u202c")).toBe("safe gnp.exe")
    expect(sanitizeText("a\u200bb\u2066c\u2069\ufeffd")).toBe("a b c d")
    // Tag characters spell words that only a model reads.
    expect(sanitizeText("hi\u{e0069}\u{e0067}\u{e006e}")).toBe("hi")
    expect(sanitizeText("line\u2028separator")).toBe("line separator")
  })

  it("is truncated to its limit without splitting a character", () => {
    expect(sanitizeText("x".repeat(1000))).toBe(`${"x".repeat(299)}…`)
    expect(sanitizeText("😀".repeat(20), 10)).toBe(`${"😀".repeat(9)}…`)
    expect(sanitizeText("视频生成失败")).toBe("视频生成失败")
  })

  it.prop(
    "is one short line without control characters for any input",
    { value: Schema.String, noise: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0x2100 }))) },
    ({ value, noise }) => {
      const shown = sanitizeText(value + String.fromCodePoint(...noise), 40)
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect([...shown].length).toBeLessThanOrEqual(40)
    },
    { arbitrary: { runs: 500, seed: "klingkit" } }
  )
})
