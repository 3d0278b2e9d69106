import { describe, expect, it } from "vitest"
import { readTask } from "./task.ts"
import {
  formatClock,
  describeOutputs,
  formatDay,
  formatDateTime,
  formatDuration,
  formatCharges,
  settingsOf
} from "./format.ts"

const localeOptions = { locale: "en-GB", timeZone: "UTC" }
const described = (...outputs: ReadonlyArray<Readonly<Record<string, unknown>>>): string => {
  const task = readTask({ task_id: "1", outputs }, 0)
  return task === undefined ? "" : describeOutputs(task)
}

describe("the board's formatting", () => {
  it("formats seconds", () => {
    expect([0, 9.9, 64, 3727].map(formatClock)).toEqual(["0:00", "0:09", "1:04", "1:02:07"])
    expect([0, 45, 60, 112.4].map(formatDuration)).toEqual(["0 s", "45 s", "1 min", "1 min 52 s"])
  })

  it("tells length, shape, resolution and audio, as far as they are known", () => {
    const settings = { audio: "native", resolution: "1080p", duration: 10, aspect_ratio: "9:16", multi_shot: false }
    expect(settingsOf(settings)).toEqual(["10 s", "9:16", "1080p", "with audio"])
    expect(settingsOf({ duration: "5s", audio: "off" }).join("")).toBe("5 s")
  })

  it("describes the outputs of a task", () => {
    expect(described()).toBe("Task")
    expect(described({ type: "video", duration_seconds: 5 })).toBe("Video, 5 s")
    expect(described({ type: "image" }, { type: "image" })).toBe("2 images")
    expect(described({ type: "video" }, { type: "audio" })).toBe("2 files")
    expect(described({ type: "hologram" })).toBe("File")
  })

  it("sums charges of one kind and keeps kinds apart", () => {
    const unit = (amount: number, of?: string) => ({ kind: "unit" as const, amount, of })
    expect(formatCharges([unit(0.1, "video"), unit(0.2, "video"), unit(8, "image")])).toBe(
      "0.3 video units, 8 image units"
    )
    expect(formatCharges([unit(1), { kind: "cash", amount: 2.5, of: "USD" }])).toBe("1 unit, 2.5 USD")
    expect(formatCharges([])).toBe("")
  })

  it("formats dates for the user's locale, and leaves invalid dates unchanged", () => {
    expect([
      formatDay("2026-12-22T20:29:00Z", localeOptions),
      formatDateTime("2026-12-22T20:29:00Z", localeOptions)
    ]).toEqual(["22 Dec", "22 Dec, 20:29"])
    expect(formatDay("soon", localeOptions)).toBe("soon")
  })
})
