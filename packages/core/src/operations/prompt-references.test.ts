import { describe, expect, it } from "vitest"
import type { AnyOperation } from "../operation.ts"
import type { ValueType } from "../params/value-type.ts"
import { catalog } from "./catalog.ts"

const withPrompt = catalog.filter(({ params }) => "prompt" in params)
const isOrdered = ({ generation }: AnyOperation) => generation === "legacy"

/** An input in which every field but the prompt is given, and each content has an id where it can have one. */
const filled = ({ params }: AnyOperation) =>
  Object.fromEntries(
    Object.entries(params).flatMap(([field, { type }], index) =>
      field === "prompt" ? [] : [[field, valueOf(type, idAt(index))]]
    )
  )
const idAt = (index: number) => `image_${100 + index}`
const valueOf = (type: ValueType, id: string): unknown =>
  type.kind === "array" ? [valueOf(type.of, id)] : type.kind === "object" ? { id } : id

/** Why an operation refuses a prompt for its references, if it does. */
const refusal = ({ id, rules }: AnyOperation, input: Readonly<Record<string, unknown>>) => {
  const rule = rules.find(({ name }) => name === "references-exist")
  if (rule === undefined) throw new Error(`${id} does not judge the references of its prompt`)
  return rule.check(input)
}

/** What of a filled input a prompt can refer to: kinds on the legacy paths, fields with an id on the new ones. */
const resolvedBy = (operation: AnyOperation) => {
  const references: ReadonlyArray<readonly [string, string]> = isOrdered(operation)
    ? ["image", "video", "element", "voice"].map((kind) => [kind, `<<<${kind}_1>>>`])
    : Object.keys(operation.params).map((field, index) => [field, `@${idAt(index)}`])
  return references
    .filter(([, prompt]) => refusal(operation, { ...filled(operation), prompt }) === undefined)
    .map(([name]) => name)
}

const omni30 = ["firstFrameId", "lastFrameId", "referenceImages", "featureVideo", "baseVideo", "elements"]
const omni40 = ["referenceImages", "featureVideos", "baseVideo", "elements", "voices"]

describe("the references in a prompt", () => {
  it("resolve to what each operation takes", () => {
    const resolved = withPrompt.map((operation) => [operation.id, resolvedBy(operation).toSorted()])
    expect(Object.fromEntries(resolved)).toEqual({
      "legacy.text2video": [],
      "legacy.image2video": ["element", "image", "voice"],
      "legacy.omni-video": ["element", "image", "video"],
      "legacy.motion-control": ["element", "image", "video"],
      "legacy.multi-image2video": ["image"],
      "legacy.video-extend": ["video"],
      "legacy.avatar": ["image"],
      "legacy.multi-elements": ["image", "video"],
      "legacy.text-to-audio": [],
      "legacy.images.generations": ["element", "image"],
      "legacy.images.omni-image": ["element", "image"],
      "legacy.images.multi-image2image": ["image"],
      "legacy.images.expand": ["image"],
      "new.t2v.kling-3.0-turbo": [],
      "new.t2v.kling-3.0": [],
      "new.t2v.kling-2.6": [],
      "new.t2v.kling-2.5-turbo": [],
      "new.i2v.kling-3.0-turbo": [],
      "new.i2v.kling-3.0": ["elements"],
      "new.i2v.kling-2.6": ["voices"],
      "new.i2v.kling-2.5-turbo": [],
      "new.omni.kling-3.0-omni": omni30.toSorted(),
      "new.omni.kling-o1": omni30.toSorted(),
      "new.motion.kling-3.0": ["element"],
      "new.motion.kling-2.6": [],
      "new.t2v.kling-4.0": [],
      "new.i2v.kling-4.0": [],
      "new.omni.kling-4.0": omni40.toSorted(),
      "new.extend.kling-4.0": [],
      "new.t2v.kling-4.0-flash": [],
      "new.i2v.kling-4.0-flash": [],
      "new.omni.kling-4.0-flash": omni40.toSorted(),
      "new.image.kling-image-4.0": ["elements", "referenceImages"],
      "new.image.kling-long-image-4.0": ["referenceImages"]
    })
  })

  it.each(withPrompt.filter(isOrdered).map((operation) => [operation.id, operation] as const))(
    "to what is not given are refused by %s, whatever it takes",
    (_, operation) => {
      for (const kind of ["image", "video", "element", "voice"]) {
        expect(refusal(operation, { prompt: `a fox beside <<<${kind}_1>>>` })).toBe(
          `refers to <<<${kind}_1>>>, but no ${kind} is given`
        )
        expect(refusal(operation, { ...filled(operation), prompt: `<<<${kind}_7>>>` })).toContain("given")
      }
      expect(refusal(operation, { prompt: "a fox < a bear, <<object_1>>" })).toBeUndefined()
    }
  )

  it("count an image that is given alone, and all fields of a kind together", () => {
    const image = { image: "https://example.com/a.png", elements: ["160", "161"] }
    const of = (id: string, input: Readonly<Record<string, unknown>>) =>
      withPrompt.filter((operation) => operation.id === id).map((operation) => refusal(operation, input))
    expect(of("legacy.images.generations", { ...image, prompt: "<<<image_1>>> and <<<element_2>>>" })).toEqual([
      undefined
    ])
    expect(of("legacy.images.generations", { ...image, prompt: "<<<image_2>>>" })).toEqual([
      "refers to <<<image_2>>>, but one image is given"
    ])
    const scene = { subjectImages: ["a", "b"], styleImage: "c" }
    expect(of("legacy.images.multi-image2image", { ...scene, prompt: "<<<image_3>>>" })).toEqual([undefined])
    expect(of("legacy.images.multi-image2image", { ...scene, prompt: "<<<image_4>>>" })).toEqual([
      "refers to <<<image_4>>>, but 3 are given"
    ])
  })
})
