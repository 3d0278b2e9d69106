import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { safeFileName } from "./file-name.ts"

const bytesOf = (name: string) => new TextEncoder().encode(name).length

describe("a file name from outside", () => {
  it.each([
    ["cat.mp4", "cat.mp4"],
    ["my video (final).mp4", "my video (final).mp4"],
    ["视频.mp4", "视频.mp4"],
    ["../../etc/passwd", "etc-passwd"],
    ["/etc/passwd", "etc-passwd"],
    ["C:\\Windows\\x.mp4", "C-Windows-x.mp4"],
    ["a\u2044b\u2215c", "a-b-c"],
    ["line\nbreak\u0000.mp4", "line-break-.mp4"],
    ["safe\u202egpm.exe", "safe-gpm.exe"],
    [".hidden", "hidden"],
    ["~root", "root"],
    ["-rf", "rf"],
    ["con.mp4", "_con.mp4"],
    ["LPT1", "_LPT1"],
    ["console.mp4", "console.mp4"],
    ["trailing. .", "trailing"],
    ["...", "result"],
    ["", "result"]
  ])("%j becomes %j", (name, safe) => {
    expect(safeFileName(name)).toBe(safe)
  })

  const pieces = [
    "../",
    "..\\",
    "a",
    "é",
    "😀",
    "视",
    ".",
    " ",
    "-",
    "~",
    "\0",
    "\n",
    "\u202e",
    "con",
    ":",
    "x".repeat(150)
  ]
  it.prop(
    "is one visible name that is valid on every system, whatever it was",
    { parts: Schema.Array(Schema.Union([Schema.Literals(pieces), Schema.String])) },
    ({ parts }) => {
      const safe = safeFileName(parts.join(""))
      expect(safe).not.toMatch(/[/\\:*?"<>|\p{Cc}\p{Cf}]/u)
      expect(safe).not.toMatch(/^[.\s~-]|[.\s]$|^$/)
      expect(safe).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i)
      // Leaves space for the suffixes of sidecars and partial files within 255 bytes.
      expect(bytesOf(safe)).toBeLessThanOrEqual(200)
      expect(safeFileName(safe)).toBe(safe)
    },
    { arbitrary: { runs: 2000, seed: "klingkit" } }
  )
})
