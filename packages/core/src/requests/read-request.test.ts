import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { generateImage } from "./generate-image.ts"
import { readRequest } from "./read-request.ts"

const read = (given: unknown) => readRequest(generateImage, given, (_, field) => field)

describe("reading a request", () => {
  it.effect.each([
    { negativePrompt: "" },
    { negative_prompt: null },
    { NegativePrompt: "  " },
    { image: undefined },
    { model: "" },
    {}
  ])("%o beside the prompt is the prompt alone", (given) =>
    Effect.gen(function* () {
      const { input } = yield* read({ prompt: "a lighthouse", ...given })
      assert.deepStrictEqual(input, { prompt: "a lighthouse" })
    })
  )

  it.effect.each([{}, { prompt: "" }, { prompt: " " }, { prompt: null }])("%o has no prompt", (given) =>
    Effect.gen(function* () {
      const { reason } = yield* Effect.flip(read(given))
      assert.deepStrictEqual(reason._tag === "InvalidInput" ? reason.problems.map(({ field }) => field) : [], [
        "prompt"
      ])
    })
  )

  it.effect("reads older words and values with one meaning, and names the caller's word in problems", () =>
    Effect.gen(function* () {
      const { input, nameOf } = yield* read({ prompt: "a lighthouse", num_images: "2", ref_image_url: "a.png" })
      assert.deepStrictEqual(input, { prompt: "a lighthouse", n: 2, image: "a.png" })
      assert.strictEqual(nameOf("n"), "num_images")
      assert.strictEqual(nameOf("aspectRatio"), "aspectRatio")
    })
  )
})
