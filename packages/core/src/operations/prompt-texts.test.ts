import { describe, expect, it } from "vitest"
import { checkInput } from "../params/check-input.ts"
import { operations, type OperationId } from "./catalog.ts"

interface Fields {
  readonly [field: string]: unknown
}
type Case = readonly [id: OperationId, input: Fields, problem: string]
const fine = ""

const problemsOf = (id: OperationId, input: Fields): string => {
  const { params, rules } = operations[id]
  return checkInput(params, rules, input)
    .map(({ field, message }) => `${field} ${message}`)
    .join("; ")
}

const image = "https://example.com/a.png"
const withImage = { referenceImages: [{ image, id: "dog" }], multiShot: false }
const legacyVideo = { model: "kling-v3", prompt: "a fox" }

describe("a reference in a prompt", () => {
  it.each<Case>([
    ["new.omni.kling-3.0-omni", { ...withImage, prompt: "@dog walks past @dog, mail me@example.com" }, fine],
    ["new.omni.kling-3.0-omni", { prompt: "shoes of @nike", firstFrame: image }, fine],
    ["new.omni.kling-3.0-omni", { ...withImage, prompt: "@cat walks" }, "prompt refers to @cat, but the ids are @dog"],
    [
      "new.omni.kling-3.0-omni",
      { prompt: "<<<image_1>>> walks", referenceImages: [{ image }] },
      "prompt refers to <<<image_1>>>; here contents are referred to by their id, as @image_1, and no content has an id"
    ],
    ["new.t2v.kling-3.0", { prompt: "@image_1 walks" }, "prompt refers to @image_1, but no content has an id"],
    ["legacy.images.omni-image", { prompt: "put <<<image_2>>> on <<<image_1>>>", images: [image, image] }, fine],
    [
      "legacy.images.omni-image",
      { prompt: "put <<<image_2>>> on the table", images: [image] },
      "prompt refers to <<<image_2>>>, but one image is given"
    ],
    [
      "legacy.images.omni-image",
      { prompt: "<<<image_0>>>", images: [image] },
      "prompt refers to <<<image_0>>>, but one image is given"
    ],
    [
      "legacy.image2video",
      { model: "kling-v2-6", image, prompt: "<<<voice_1>>> says hello", sound: "off", mode: "pro" },
      "prompt refers to <<<voice_1>>>, but no voice is given"
    ],
    [
      "legacy.text2video",
      { ...legacyVideo, prompt: "<<<element_1>>>" },
      "prompt refers to <<<element_1>>>, but no element is given"
    ]
  ])("is to something that is given: %s %j", (id, input, problem) => {
    expect(problemsOf(id, input)).toBe(problem)
  })
})

describe("the shots of a video", () => {
  const shots = (...indexes: ReadonlyArray<number>) => ({
    model: "kling-v3",
    multiShot: true,
    shotType: "customize",
    durationSeconds: indexes.length * 3,
    shots: indexes.map((index) => ({ index, prompt: "a fox", durationSeconds: 3 }))
  })
  const turbo = "new.t2v.kling-3.0-turbo"
  it.each<Case>([
    [turbo, { prompt: "shot 1, 3, a fox; shot 2, 2, a hare, running;", durationSeconds: 5 }, fine],
    [turbo, { prompt: "Shot 1, 5, a fox" }, fine],
    [turbo, { prompt: "A photo shot 3, 4 metres away" }, fine],
    ["new.t2v.kling-3.0", { prompt: "shot 1, 20, a fox;", multiShot: false }, fine],
    [
      turbo,
      { prompt: "shot 1, 3, a fox; shot 2, 3, a hare;", durationSeconds: 5 },
      "prompt has shots of 6 s in total, but the video has 5 s; make them equal"
    ],
    [
      "new.t2v.kling-3.0",
      { prompt: "shot 1, 4.5, a fox; shot 2, 0.5, a hare;", multiShot: true },
      'prompt has shot 1 of "4.5" seconds; each lasts whole seconds, at least 1'
    ],
    [turbo, { prompt: "shot 9, 5, a fox;" }, "prompt has shot 9; shots have the numbers 1 to 6"],
    [
      turbo,
      { prompt: "shot 1, 2, a fox; shot 1, 3, a hare" },
      "prompt has shot 1 twice; give each shot a number of its own"
    ],
    [turbo, { prompt: "shot 1, 5, ; " }, "prompt has shot 1 without words; write shot 1, 5, and what is seen"],
    [
      turbo,
      { prompt: `shot 1, 5, ${"x".repeat(513)}` },
      "prompt has shot 1 with 513 characters; the limit of a shot is 512"
    ],
    ["legacy.text2video", shots(2, 1), fine],
    ["legacy.text2video", shots(1, 1), "shots have the index 1, 1; number them 1 to 2, each once"],
    ["legacy.text2video", shots(1, 3), "shots have the index 1, 3; number them 1 to 2, each once"]
  ])("add up, each with a number of its own: %s %j", (id, input, problem) => {
    expect(problemsOf(id, input)).toBe(problem)
  })
})

describe("a broken character", () => {
  it.each(["a \ud83d fox", "a\0fox"])("is refused before it is paid: %j", (prompt) => {
    expect(problemsOf("new.t2v.kling-3.0", { prompt })).toBe(
      "prompt contains a broken character (half of a pair, or NUL): it was read in a wrong encoding"
    )
  })
})

describe("a URL or an id", () => {
  it.each<Case>([
    ["legacy.image2video", { model: "kling-v3", image: "https://example.com/a%20b.png?x=1&y=2", prompt: "a" }, fine],
    [
      "legacy.image2video",
      { model: "kling-v3", image: `${image}, ${image}` },
      "image holds several URLs; give one URL"
    ],
    [
      "legacy.image2video",
      { model: "kling-v3", image: "https://example.com/my photo (1).png" },
      "image contains a blank or another character that must be percent-encoded; write it as https://example.com/my%20photo%20(1).png"
    ],
    [
      "legacy.image2video",
      { model: "kling-v3", image: "https://example.com/a.png?a=1&amp;b=2" },
      "image contains &amp;, which stands for & in web pages; give the URL with & itself"
    ],
    [
      "legacy.image2video",
      { model: "kling-v3", image: "https://example.com/a.MP4" },
      "image ends in .mp4; give the URL of an image file"
    ],
    ["new.t2v.kling-3.0", { prompt: "a", callbackUrl: "example.com" }, "callbackUrl is not an http(s) URL"],
    [
      "legacy.image2video",
      { model: "kling-v3", image, elements: ["007"] },
      'elements[0] "007" is not a numeric id: digits only, without leading zeros'
    ]
  ])("has one meaning: %s %j", (id, input, problem) => {
    expect(problemsOf(id, input)).toBe(problem)
  })
})
