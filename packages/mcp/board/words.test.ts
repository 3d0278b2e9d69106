import { describe, expect, it } from "vitest"
import { readTask } from "./facts.ts"
import { clock, contents, day, moment, span, total } from "./words.ts"

const manner = { locale: "en-GB", timeZone: "UTC" }
const made = (...outputs: ReadonlyArray<Readonly<Record<string, unknown>>>): string => {
  const task = readTask({ task_id: "1", outputs }, 0)
  return task === undefined ? "" : contents(task)
}

describe("the board's words", () => {
  it("count seconds", () => {
    expect([0, 9.9, 64, 3727].map(clock)).toEqual(["0:00", "0:09", "1:04", "1:02:07"])
    expect([0, 45, 60, 112.4].map(span)).toEqual(["0 s", "45 s", "1 min", "1 min 52 s"])
  })

  it("say what a task has made", () => {
    expect(made()).toBe("Task")
    expect(made({ type: "video", duration_seconds: 5 })).toBe("Video, 5 s")
    expect(made({ type: "image" }, { type: "image" })).toBe("2 images")
    expect(made({ type: "video" }, { type: "audio" })).toBe("2 files")
    expect(made({ type: "hologram" })).toBe("File")
  })

  it("add up charges of a kind, and keep kinds apart", () => {
    const unit = (amount: number, of?: string) => ({ kind: "unit" as const, amount, of })
    expect(total([unit(0.1, "video"), unit(0.2, "video"), unit(8, "image")])).toBe("0.3 video units, 8 image units")
    expect(total([unit(1), { kind: "cash", amount: 2.5, of: "USD" }])).toBe("1 unit, 2.5 USD")
    expect(total([])).toBe("")
  })

  it("give dates as the person writes them, and leave what is none as it is", () => {
    expect([day("2026-12-22T20:29:00Z", manner), moment("2026-12-22T20:29:00Z", manner)]).toEqual([
      "22 Dec",
      "22 Dec, 20:29"
    ])
    expect(day("soon", manner)).toBe("soon")
  })
})
