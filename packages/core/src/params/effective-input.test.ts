import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { catalog, operations } from "../operations/catalog.ts"
import { checkInput } from "./check-input.ts"
import { effectiveInput, sentInput } from "./effective-input.ts"

const paid = catalog.filter(({ billed }) => billed)

describe("effectiveInput", () => {
  it("is the same for every spelling of one request", () => {
    const images = operations["legacy.images.generations"]
    const spelled = { model: "kling-v3", prompt: "a lighthouse" }
    const spellings: ReadonlyArray<Readonly<Record<string, unknown>>> = [
      { negativePrompt: "" },
      { n: 1 },
      { resolution: "1k" },
      { aspectRatio: "16:9" },
      { prompt: " a lighthouse\n" },
      { elements: [] },
      { watermark: false },
      { image: null },
      { callbackUrl: "https://example.com/hook" }
    ]
    for (const change of spellings) {
      expect(effectiveInput(images, { ...spelled, ...change })).toEqual(effectiveInput(images, spelled))
    }
    expect(effectiveInput(images, { ...spelled, n: 2 })).not.toEqual(effectiveInput(images, spelled))
  })

  it.each(paid.map((operation) => [operation.id, operation] as const))(
    "%s: any of its defaults given or left out, in any order, is one request",
    (_, operation) => {
      const whole = effectiveInput(operation, operation.example)
      expect(checkInput(operation.params, operation.rules, whole)).toEqual([])
      expect(effectiveInput(operation, whole)).toEqual(whole)
      const filled = Object.keys(whole).filter((name) => !Object.hasOwn(operation.example, name))
      fc.assert(
        fc.property(fc.shuffledSubarray(filled), (names) => {
          const spelled = { ...Object.fromEntries(names.map((name) => [name, whole[name]])), ...operation.example }
          expect(effectiveInput(operation, spelled)).toEqual(whole)
        }),
        { numRuns: 20 }
      )
    }
  )

  it("leaves out a default that does not apply beside the other settings", () => {
    const omni = operations["new.omni.kling-3.0-omni"]
    const edited = { prompt: "at night", baseVideo: { video: "https://example.com/a.mp4", id: "video_1" } }
    expect(effectiveInput(omni, edited)).not.toHaveProperty("durationSeconds")
    expect(effectiveInput(omni, edited)).not.toHaveProperty("aspectRatio")
    const images = operations["legacy.images.generations"]
    expect(effectiveInput(images, { model: "kling-v3", prompt: "a" })).not.toHaveProperty("imageFidelity")
  })
})

describe("sentInput", () => {
  it("sends the defaults that every model takes, and leaves the others to Kling", () => {
    const sent = sentInput(operations["legacy.text2video"], { model: "kling-v2-5-turbo", prompt: "a fox" })
    expect(sent).toEqual({
      model: "kling-v2-5-turbo",
      prompt: "a fox",
      mode: "std",
      aspectRatio: "16:9",
      durationSeconds: 5
    })
  })
})
