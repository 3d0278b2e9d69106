import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { untrustedText } from "./untrusted-text.ts"

describe("text from outside", () => {
  it("loses colours, cursor moves and line breaks", () => {
    expect(untrustedText("\u001b[31mred\u001b[0m and\u001b[2J gone")).toBe("red and gone")
    expect(untrustedText("one\r\ntwo\ttabbed\u0007\u0000\u009b31m")).toBe("one two tabbed 31m")
    expect(untrustedText("\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007")).not.toMatch(/[\u001b\u0007]/)
  })

  it("loses what turns or hides text", () => {
    expect(untrustedText("safe\u202egnp.exe\u202c")).toBe("safe gnp.exe")
    expect(untrustedText("a\u200bb\u2066c\u2069\ufeffd")).toBe("a b c d")
    // Tag characters spell words that only a machine reads.
    expect(untrustedText("hi\u{e0069}\u{e0067}\u{e006e}")).toBe("hi")
    expect(untrustedText("line\u2028separator")).toBe("line separator")
  })

  it("is cut to its limit, characters whole", () => {
    expect(untrustedText("x".repeat(1000))).toBe(`${"x".repeat(299)}…`)
    expect(untrustedText("😀".repeat(20), 10)).toBe(`${"😀".repeat(9)}…`)
    expect(untrustedText("视频生成失败")).toBe("视频生成失败")
  })

  it.prop(
    "is one short line without control characters, whatever came in",
    { value: Schema.String, noise: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0x2100 }))) },
    ({ value, noise }) => {
      const shown = untrustedText(value + String.fromCodePoint(...noise), 40)
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect([...shown].length).toBeLessThanOrEqual(40)
    },
    { arbitrary: { runs: 500, seed: "klingkit" } }
  )
})
