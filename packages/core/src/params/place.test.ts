import { describe, expect, it } from "vitest"
import { newImage } from "../media/media-rules.ts"
import { stringifyJson } from "../wire/json.ts"
import { either, flag, id, integer, list, media, record, records, text } from "./param.ts"
import { readBody, writeBody } from "./place.ts"

const params = {
  prompt: text("contents[type=prompt].text", {}),
  negative: text("contents[type=prompt].negative", {}),
  firstFrame: media("contents[type=first_frame].url", newImage, {}),
  pictures: list("contents[type=image].url", media("", newImage, {}), {}),
  elements: records(
    "contents[type=element]",
    { elementId: id("element_id", { sentAs: "string" }), name: text("id", {}) },
    {}
  ),
  numbers: list("element_list[].element_id", id("", { sentAs: "number" }), {}),
  seconds: integer("settings.duration", { sentAs: "string" }),
  mark: flag("settings.watermark_info.enabled", {}),
  camera: record("camera", { zoom: integer("config.zoom", {}) }, {}),
  extend: either("extend", integer("", {}), text("", {}), {})
}

const input = {
  prompt: "a cat",
  firstFrame: "https://example.com/1.png",
  pictures: ["https://example.com/2.png", "https://example.com/3.png"],
  elements: [{ elementId: "829836802793406551", name: "e1" }],
  numbers: ["829836802793406551"],
  seconds: 5,
  mark: false,
  camera: { zoom: -3 },
  extend: 4
}

const body = {
  contents: [
    { type: "prompt", text: "a cat" },
    { type: "first_frame", url: "https://example.com/1.png" },
    { type: "image", url: "https://example.com/2.png" },
    { type: "image", url: "https://example.com/3.png" },
    { type: "element", element_id: "829836802793406551", id: "e1" }
  ],
  element_list: [{ element_id: "829836802793406551" }],
  settings: { duration: "5", watermark_info: { enabled: false } },
  camera: { config: { zoom: -3 } },
  extend: 4
}

describe("an input under Kling's names", () => {
  it("lies where Kling looks for each field", () => {
    const { element_list, ...rest } = writeBody(params, input)
    expect(rest).toEqual({ ...body, element_list: undefined })
    expect(stringifyJson(element_list)).toBe(`[{"element_id":829836802793406551}]`)
  })

  it("puts two fields of one entry into the same entry, whichever comes first", () => {
    expect(writeBody(params, { negative: "rain", prompt: "a cat" })).toEqual({
      contents: [{ type: "prompt", text: "a cat", negative: "rain" }]
    })
  })

  it("holds nothing for what is absent, and keeps what is false or zero", () => {
    expect(writeBody(params, {})).toEqual({})
    expect(writeBody(params, { seconds: 0, mark: false, prompt: undefined })).toEqual({
      settings: { duration: "0", watermark_info: { enabled: false } }
    })
  })

  it("does not take fields that no parameter names", () => {
    expect(writeBody(params, { color: "red", toString: "x" })).toEqual({})
  })
})

describe("a body read back", () => {
  it("is the input that wrote it", () => {
    expect(readBody(params, body)).toEqual(input)
  })

  it("leaves out what no parameter names, and survives what has another shape", () => {
    expect(readBody(params, { contents: [{ type: "poem", text: "x" }], color: "red" })).toEqual({})
    for (const odd of [undefined, null, 7, "text", [], { contents: 7, settings: [], camera: "near" }]) {
      expect(() => readBody(params, odd)).not.toThrow()
    }
  })

  it("keeps a text that is no number, so that the check can name it", () => {
    expect(readBody(params, { settings: { duration: "five" } })).toEqual({ seconds: "five" })
  })

  it("tells the types of a value that may be either apart", () => {
    expect(readBody(params, { extend: "more" })).toEqual({ extend: "more" })
    expect(writeBody(params, { extend: "more" })).toEqual({ extend: "more" })
  })
})
