import { describe, expect, it } from "vitest"
import * as z from "zod"
import { createElement } from "./create-element.ts"
import { generateImage } from "./generate-image.ts"
import { generateVideo } from "./generate-video.ts"
import { listElements } from "./list-elements.ts"
import { jsonObject } from "./object-field.ts"
import { type Readable, readRequest } from "./read-request.ts"

const read = (given: unknown, request: Readable = generateImage) => readRequest(request, given, (_, field) => field)
const inputOf = (request: Readable, given: unknown) => read(given, request).input

describe("reading a request", () => {
  it.each([
    { negativePrompt: "" },
    { negative_prompt: null },
    { NegativePrompt: "  " },
    { negativePrompt: "null" },
    { image: undefined },
    { model: "" },
    {}
  ])("%o beside the prompt is the prompt alone", (given) => {
    expect(read({ prompt: "a lighthouse", ...given }).input).toEqual({ prompt: "a lighthouse" })
  })

  it.each([{}, { prompt: "" }, { prompt: " " }, { prompt: null }])("%o has no prompt", (given) => {
    expect(read(given).problems).toEqual([{ field: "prompt", message: "is required" }])
  })

  it("takes the text null for what it is where a text is required", () => {
    expect(read({ prompt: "null" }).input).toEqual({ prompt: "null" })
  })

  it("reads older words, and names the caller's word in problems", () => {
    const { input, nameOf } = read({ prompt: "a lighthouse", num_images: "2", ref_image_url: "a.png" })
    expect(input).toEqual({ prompt: "a lighthouse", n: 2, image: "a.png" })
    expect(nameOf("n")).toBe("num_images")
    expect(nameOf("aspectRatio")).toBe("aspectRatio")
  })

  it("reads JSON text of the whole", () => {
    expect(read('{"prompt": "a lighthouse", "n": "2"}').input).toEqual({ prompt: "a lighthouse", n: 2 })
  })

  it.each([
    [{ duration: "5" }, { durationSeconds: 5 }],
    [{ duration: "5s" }, { durationSeconds: 5 }],
    [{ durationSeconds: " 5.0 seconds" }, { durationSeconds: 5 }],
    [{ multiShot: "true" }, { multiShot: true }],
    [{ multi_shot: "False" }, { multiShot: false }],
    [{ resolution: "1080P" }, { resolution: "1080p" }],
    [{ resolution: "4K" }, { resolution: "4k" }],
    [{ resolution: 720 }, { resolution: "720p" }],
    [{ aspect_ratio: "16x9" }, { aspectRatio: "16:9" }],
    [{ aspect_ratio: "9 : 16" }, { aspectRatio: "9:16" }],
    [{ audio: true }, { audio: "native" }],
    [{ audio: false }, { audio: "off" }],
    [{ mode: "std" }, { resolution: "720p" }],
    [{ mode: "Pro" }, { resolution: "1080p" }],
    [{ mode: "professional" }, { resolution: "1080p" }],
    [{ referenceImages: '["a.png", "b.png"]' }, { referenceImages: ["a.png", "b.png"] }],
    [{ referenceImages: "a.png" }, { referenceImages: ["a.png"] }],
    [{ referenceImages: ["a.png", null, "", "null"] }, { referenceImages: ["a.png"] }],
    [{ referenceImages: [null] }, {}],
    [{ elements: "[893605946441547995]" }, { elements: ["893605946441547995"] }],
    [{ elements: ["`893605946441547995`", 160] }, { elements: ["893605946441547995", "160"] }],
    [{ image: ["a.png"] }, { image: "a.png" }]
  ])("reads %o", (given, meant) => {
    expect(inputOf(generateVideo, { prompt: "x", ...given })).toEqual({ prompt: "x", ...meant })
  })

  it.each([
    [{ duration: "a while" }, { field: "duration", message: "must be a number" }],
    [{ duration: 5.5 }, { field: "duration", message: "5.5 is not an integer; did you mean 6?" }],
    [{ multiShot: "maybe" }, { field: "multiShot", message: "must be a boolean" }],
    [
      { elements: [893_605_946_441_547_900] },
      { field: "elements[0]", message: "must be text, in quotes: as a number it may have lost digits" }
    ],
    [{ image: ["a.png", "b.png"] }, { field: "image", message: "has 2 entries; give one" }]
  ])("refuses %o", (given, problem) => {
    expect(read({ prompt: "x", ...given }, generateVideo).problems).toEqual([problem])
  })

  it("takes an object, or its text, for what is listed as text", () => {
    const request = { ...listElements, input: z.strictObject({ settings: jsonObject("").optional() }) }
    for (const settings of [{ id: "1" }, '{"id": "1"}']) {
      expect(inputOf(request, { settings })).toEqual({ settings: { id: "1" } })
    }
    expect(inputOf(request, { settings: '{"id": 893605946441547995}' })).toEqual({
      settings: { id: "893605946441547995" }
    })
    expect(read({ settings: "x" }, request).problems).toMatchObject([{ message: "is not JSON" }])
    expect(read({ settings: [1] }, request).problems).toMatchObject([
      { message: expect.stringContaining("must be a JSON object") }
    ])
  })

  it("tells ten problems at most, however many there are", () => {
    const many = Object.fromEntries(Array.from({ length: 325_000 }, (_, index) => [`unknown_${index}`, index]))
    expect(read({ ...many, prompt: "x" }).problems).toHaveLength(10)
    expect(read({ prompt: "x", images: Array(1_000_000).fill(1) }, createElement).problems).toMatchObject([
      { field: "images", message: "has 1000000 entries; at most 100 are read" },
      { field: "prompt", message: expect.stringContaining("is not a setting of create_element") }
    ])
  })

  it("forgives ten unknown words where nothing is paid, and no more", () => {
    const words = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`word_${index}`, 1]))
    const lenient = (given: unknown) => readRequest(listElements, given, (_, field) => field, { isLenient: true })
    expect(lenient({ ...words(10), page: 2 })).toMatchObject({ input: { page: 2 }, problems: [] })
    expect(lenient({ page: 2, ...words(11) }).problems).toHaveLength(10)
  })

  it("finds what is known behind ten unknown words only by refusing them, and does not call it missing", () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`unknown_${index}`, index]))
    expect(read({ ...many, prompt: "x" }).problems.map(({ field }) => field)).not.toContain("prompt")
  })

  it("takes what costs nothing as far as it is understood, and says so", () => {
    const lenient = (given: unknown) =>
      readRequest(listElements, given, (_, field) => field, {
        isLenient: true,
        ignored: new Set(["wait_for_previous"])
      })
    expect(lenient({ pageSize: 200, page: "0", wait_for_previous: true, pagesise: 7 })).toMatchObject({
      input: { pageSize: 50, page: 1 },
      problems: [],
      notes: [
        "ignored what the chat app adds: wait_for_previous",
        "ignored pagesise: it is not a setting of list_elements; did you mean pageSize?",
        "pageSize 200 is beyond its limit: 50 was used",
        "page 0 is beyond its limit: 1 was used"
      ]
    })
    expect(lenient({ pageSize: "many" }).problems).toEqual([{ field: "pageSize", message: "must be a number" }])
  })

  it("refuses two words for one field that disagree", () => {
    expect(read({ prompt: "x", n: 2, num_images: "2" }).input).toEqual({ prompt: "x", n: 2 })
    expect(read({ prompt: "x", n: 2, num_images: 3 }).problems).toMatchObject([
      { message: "contradicts n; give only one of them" }
    ])
  })
})
