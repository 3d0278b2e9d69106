import { describe, expect, it } from "vitest"
import { anyAudio, anyVideo, voiceSource } from "./media-rules.ts"
import { acceptedTypes, readMediaReference } from "./media-reference.ts"

const handle = "kk-img-0123456789abcdefghjkmnpqrs"
const klingId = "893605946402811985"

describe("what names a result", () => {
  it.each([
    [handle, { id: handle }],
    [` ${handle}\n`, { id: handle }],
    [`${handle}#3`, { id: handle, number: 3 }],
    [`${handle}@first`, { id: handle, frame: "first" }],
    [`${handle}#2@last`, { id: handle, number: 2, frame: "last" }],
    [klingId, { id: klingId }],
    [`${klingId}#1`, { id: klingId, number: 1 }],
    // A mistyped handle is looked up and not found, rather than taken for a file.
    ["kk-img-0123", { id: "kk-img-0123" }]
  ])("%s", (given, reference) => {
    expect(readMediaReference(given)).toEqual(reference)
  })

  it.each([
    "https://example.com/kk-img-0123#3",
    `${handle}.png`,
    `./${klingId}`,
    "kk-img/cat",
    "cat.png@last",
    "12345",
    `${klingId}00000`,
    "iVBORw0KGgo",
    ""
  ])("is not %j", (given) => {
    expect(readMediaReference(given)).toBeUndefined()
  })

  it.each(["#0", "#01", "#x", "@middle", "@2.5s", "#1#2", "@last#2", "#"])("does not end in %s", (ending) => {
    expect(readMediaReference(handle + ending)).toContain(`ends in ${ending}; after an id stands nothing, #1`)
  })

  it("may have a name that the caller knows, and is no file", () => {
    const isStep = (id: string) => id === "shot-1"
    expect(readMediaReference("shot-1", isStep)).toEqual({ id: "shot-1" })
    expect(readMediaReference("shot-1#2@last", isStep)).toEqual({ id: "shot-1", number: 2, frame: "last" })
    expect(readMediaReference("shot-2", isStep)).toBeUndefined()
  })
})

it("a voice may come from a video, other audio may not", () => {
  expect([voiceSource, anyAudio, anyVideo].map(acceptedTypes)).toEqual([["audio", "video"], ["audio"], ["video"]])
})
