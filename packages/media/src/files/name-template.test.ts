import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { defaultTemplate, fillTemplate, namePlaceholders, templateProblem } from "./name-template.ts"

const facts = {
  date: "2026-09-20",
  time: "14-05-09",
  model: "kling-3.0",
  prompt: "A red fox walks",
  handle: "kk-t2v-1",
  take: "2",
  id: "fox"
}
const single = { index: 0, count: 1, extension: "mp4" }
const second = { index: 1, count: 2, extension: "png" }
const pathOf = (template: string, values = facts, result = single) => {
  const { folders, name } = fillTemplate(template, values, result)
  return [...folders, name].join("/")
}

describe("a name template", () => {
  it.each([
    [defaultTemplate, "kk-t2v-1.mp4"],
    ["{date}-{model}-{handle}.{ext}", "2026-09-20-kling-3.0-kk-t2v-1.mp4"],
    ["{date}/{time} {prompt}", "2026-09-20/14-05-09 A red fox walks.mp4"],
    ["videos\\{model}\\{handle}", "videos/kling-3.0/kk-t2v-1.mp4"],
    ["{handle}.mov", "kk-t2v-1.mov"],
    ["shots/{id}.mp4", "shots/fox.mp4"],
    ["video-{index}.{ext}", "video-1.mp4"],
    ["video-{take}.{ext}", "video-2.mp4"],
    ["{prompt}, take one.final", "A red fox walks, take one.final.mp4"],
    ["{handle}.sh", "kk-t2v-1.sh.mp4"],
    ["{handle}.mp4.json", "kk-t2v-1.mp4.json.mp4"]
  ])("%s is %s", (template, path) => {
    expect(templateProblem(template)).toBeUndefined()
    expect(pathOf(template)).toBe(path)
  })

  it("adds missing numbers and extensions", () => {
    expect(pathOf("{model}/{handle}", facts, second)).toBe("kling-3.0/kk-t2v-1-2.png")
    expect(pathOf("{index}-{model}", facts, second)).toBe("2-kling-3.0.png")
    expect(pathOf("{date}.{ext}", facts, second)).toBe("2026-09-20-2.png")
  })

  it.each([
    [
      "{data}",
      `has unknown "{data}"; use {date}, {time}, {model}, {prompt}, {handle}, {take}, {index}, {ext}, {id}; did you mean {date}?`
    ],
    ["{constructor}.mp4", "has"],
    ["{handle", "has"],
    ["handle}", "has"],
    ["{}", "has"],
    ["../{handle}", "must be a path below the folder"],
    ["a/../../{handle}", "must be a path below the folder"],
    ["/{handle}", "must be a path below the folder"],
    ["{date}/", "must be a path below the folder"],
    ["", "must be a path below the folder"],
    ["{ext}/{handle}", "has {ext} in a folder name"]
  ])("%j is refused: %s", (template, why) => {
    expect(templateProblem(template)).toContain(why)
  })

  it("sanitizes values, which never create folders", () => {
    const evil = { ...facts, model: "../../etc", prompt: "..\\..\\CON\0\u2215x", handle: "~/.ssh/id\u202e" }
    expect(pathOf("{model}/{prompt}/{handle}", evil)).toBe("etc/CON-x/ssh-id-.mp4")
    expect(pathOf("{prompt}", { ...facts, prompt: "" })).toBe("result.mp4")
    expect(pathOf("{model}{model}", { ...facts, model: "{handle}" })).toBe("{handle}{handle}.mp4")
  })

  const words = [...Object.keys(namePlaceholders).map((name) => `{${name}}`), "/", "-", ".", "a", "con", "~", "视"]
  it.prop(
    "never leaves its folder and always ends in the extension, for any values",
    {
      parts: Schema.Array(Schema.Literals(words)),
      text: Schema.String,
      index: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 8 }))
    },
    ({ parts, text, index }) => {
      const template = parts.join("")
      if (templateProblem(template) !== undefined) return
      const values = {
        date: text,
        time: `../${text}`,
        model: `${text}/..`,
        prompt: "视".repeat(300),
        handle: text,
        take: "1",
        id: text
      }
      const { folders, name } = fillTemplate(template, values, { index, count: 9, extension: "mp4" })
      for (const part of [...folders, name]) {
        expect(part).not.toMatch(/[/\\:*?"<>|\p{Cc}\p{Cf}]|^\.|[.\s]$|^$/u)
        expect(new TextEncoder().encode(part).length).toBeLessThanOrEqual(240)
      }
      if (!template.includes("{index}")) expect(name).toContain(`-${index + 1}.`)
    },
    { arbitrary: { runs: 1000, seed: "klingkit" } }
  )
})
