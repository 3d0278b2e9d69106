import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Kling } from "../client/kling.ts"
import { legacyImageToVideo } from "../operations/image-to-video.ts"
import { fakeKling, klingOver } from "../testing/fake-kling.ts"
import { text } from "../testing/scripted-answers.ts"
import { exactNumber, isExactNumber, parseJson, stringifyJson } from "./json.ts"

const elementId = "829836802793406551"

describe("a 64-bit id", () => {
  it("would be rounded by the built-in JSON", () => {
    expect(String(JSON.parse(elementId))).not.toBe(elementId)
  })

  it("keeps its digits from parsing to a bare number again", () => {
    const read = parseJson(`{"element_id":${elementId},"list":[${elementId}]}`)
    expect(read).toEqual({ element_id: elementId, list: [elementId] })
    expect(stringifyJson({ element_id: exactNumber(elementId) })).toBe(`{"element_id":${elementId}}`)
  })

  it("is not mistaken for an input that a plan has frozen", () => {
    expect([exactNumber(elementId), Object.freeze({}), elementId, 7, null].map(isExactNumber)).toEqual([
      true,
      false,
      false,
      false,
      false
    ])
  })

  it.prop(
    "keeps its digits for any value",
    { id: Schema.BigInt.check(Schema.isBetweenBigInt({ minimum: -(2n ** 63n), maximum: 2n ** 64n })) },
    ({ id }) => {
      const read = parseJson(`{"id":${id}}`) as { id: string | number }
      expect(String(read.id)).toBe(String(id))
      expect(stringifyJson({ id: exactNumber(String(read.id)) })).toBe(`{"id":${id}}`)
    },
    { arbitrary: { runs: 500, seed: "klingkit" } }
  )

  it.effect("passes unchanged from Kling's response into the next request", () =>
    Effect.gen(function* () {
      const fake = fakeKling({
        answer: (request) =>
          request.method === "GET"
            ? text(
                200,
                `{"code":0,"data":[{"id":"5","status":"succeeded","outputs":[{"type":"element","id":${elementId}}]}]}`
              )
            : undefined
      })
      yield* Effect.gen(function* () {
        const kling = yield* Kling
        const [element] = (yield* kling.task("5")).outputs
        if (element?.type !== "element") throw new Error("no element")
        expect(element.id).toBe(elementId)
        yield* kling.submit(legacyImageToVideo, {
          model: "kling-v3",
          image: "https://example.com/cat.png",
          prompt: "a cat",
          elements: [element.id]
        })
      }).pipe(Effect.provide(klingOver(fake)))
      expect(fake.requests[1]?.text).toContain(`"element_id":${elementId}}`)
    })
  )
})

describe("other numbers", () => {
  it("stay numbers", () => {
    const source = `{"a":1,"b":-2.5,"c":1e21,"d":9007199254740991,"e":1781080778802}`
    expect(parseJson(source)).toEqual({ a: 1, b: -2.5, c: 1e21, d: 9007199254740991, e: 1781080778802 })
  })
})

describe("text that is not JSON", () => {
  it("throws like the built-in parser", () => {
    expect(() => parseJson("<html>")).toThrow(SyntaxError)
  })
})
