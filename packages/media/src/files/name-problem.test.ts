import { describe, expect, it } from "@effect/vitest"
import { nameProblem } from "./name-problem.ts"

describe("the name of a result", () => {
  it.each(["fox.mp4", "FOX.JPEG", "a.b.webm", "subtitles.srt", "fox", "fox v1.2.mov", "video.mp4."])(
    "may be %s",
    (name) => {
      expect(nameProblem(name)).toBeUndefined()
    }
  )

  it.each([
    ["fox.exe", "fox.mp4"],
    ["fox.exe.", "fox.mp4"],
    ["fox.sh", "fox.mp4"],
    ["fox.command", "fox.mp4"],
    ["fox.desktop", "fox.mp4"],
    ["fox.mp4.json", "fox.mp4"],
    ["fox.png.bat", "fox.png"],
    ["fox.mp5", "fox.mp4"],
    [".bashrc", "bashrc.mp4"]
  ])("is not %s, but perhaps %s", (name, nearest) => {
    expect(nameProblem(name)).toContain(`did you mean ${JSON.stringify(nearest)}?`)
  })

  it.each(["", "..", "a/b.mp4", "a\\b.mp4", `${"x".repeat(240)}.mp4`])("is not %j", (name) => {
    expect(nameProblem(name)).toContain("must not contain a path")
  })

  it("may be that of an answer where one is expected", () => {
    expect(nameProblem("answer.json")).toContain("did you mean")
    expect(nameProblem("answer.json", ["json"])).toBeUndefined()
  })
})
