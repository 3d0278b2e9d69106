import { describe, expect, it } from "vitest"
import { newImage } from "../media/media-rules.ts"
import { stringifyJson } from "../wire/json.ts"
import { union, boolean, id, integer, array, media, object, objectArray, string } from "./param.ts"
import { readBody, writeBody } from "./body-path.ts"

const params = {
  prompt: string("contents[type=prompt].text", {}),
  negative: string("contents[type=prompt].negative", {}),
  firstFrame: media("contents[type=first_frame].url", newImage, {}),
  images: array("contents[type=image].url", media("", newImage, {}), {}),
  elements: objectArray(
    "contents[type=element]",
    { elementId: id("element_id", { encodedAs: "string" }), name: string("id", {}) },
    {}
  ),
  numbers: array("element_list[].element_id", id("", { encodedAs: "number" }), {}),
  seconds: integer("settings.duration", { encodedAs: "string" }),
  mark: boolean("settings.watermark_info.enabled", {}),
  camera: object("camera", { zoom: integer("config.zoom", {}) }, {}),
  extend: union("extend", integer("", {}), string("", {}), {})
}

const input = {
  prompt: "a cat",
  firstFrame: "https://example.com/1.png",
  images: ["https://example.com/2.png", "https://example.com/3.png"],
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

describe("an input written as a body", () => {
  it("has each value at its wire path", () => {
    const { element_list, ...rest } = writeBody(params, input)
    expect(rest).toEqual({ ...body, element_list: undefined })
    expect(stringifyJson(element_list)).toBe(`[{"element_id":829836802793406551}]`)
  })

  it("merges two fields of one entry, in either order", () => {
    expect(writeBody(params, { negative: "rain", prompt: "a cat" })).toEqual({
      contents: [{ type: "prompt", text: "a cat", negative: "rain" }]
    })
  })

  it("omits absent fields, and keeps false and zero", () => {
    expect(writeBody(params, {})).toEqual({})
    expect(writeBody(params, { seconds: 0, mark: false, prompt: undefined })).toEqual({
      settings: { duration: "0", watermark_info: { enabled: false } }
    })
  })

  it("drops fields that no parameter declares", () => {
    expect(writeBody(params, { color: "red", toString: "x" })).toEqual({})
  })
})

describe("a body read back", () => {
  it("equals the input that was written", () => {
    expect(readBody(params, body)).toEqual(input)
  })

  it("drops undeclared fields, and tolerates other shapes", () => {
    expect(readBody(params, { contents: [{ type: "poem", text: "x" }], color: "red" })).toEqual({})
    for (const invalid of [undefined, null, 7, "text", [], { contents: 7, settings: [], camera: "near" }]) {
      expect(() => readBody(params, invalid)).not.toThrow()
    }
  })

  it("keeps a non-numeric string, so that validation can report it", () => {
    expect(readBody(params, { settings: { duration: "five" } })).toEqual({ seconds: "five" })
  })

  it("distinguishes the types of a union", () => {
    expect(readBody(params, { extend: "more" })).toEqual({ extend: "more" })
    expect(writeBody(params, { extend: "more" })).toEqual({ extend: "more" })
  })
})
