import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Result } from "effect"
import { Base64 } from "effect/encoding"
import { HttpClient } from "effect/http"
import { imageToVideo30 } from "../operations/image-to-video.ts"
import { apiKey, fakeKling } from "../testing/fake-kling.ts"
import { png } from "../testing/image-headers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"

/** Submits an inline image of this many bytes to a Kling that takes 38 s to answer. */
const submitImage = Effect.fnUntraced(function* (bytes: number) {
  const fake = fakeKling()
  const late = HttpClient.tap(({ request }) => (request.method === "POST" ? Effect.sleep("38 seconds") : Effect.void))
  const http = Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, late))
  const kling = Kling.layer({ credentials: apiKey, baseUrl: "https://kling.example" }).pipe(
    Layer.provide(http),
    Layer.provide(fake.layer)
  )
  const image = new Uint8Array(bytes)
  image.set(png(1024, 1024))
  const input = { ...imageToVideo30.example, firstFrame: Base64.encode(image) }
  const { result, seconds } = yield* inVirtualTime(Kling.use((client) => client.submit(imageToVideo30, input))).pipe(
    Effect.provide(kling)
  )
  return { isSubmitted: Result.isSuccess(result), seconds, requests: fake.requests.map(({ method }) => method) }
})

describe("a create whose answer takes 38 seconds", () => {
  it.effect("is still awaited when it carries an image of 8 MB", () =>
    Effect.gen(function* () {
      expect(yield* submitImage(8_000_000)).toEqual({ isSubmitted: true, seconds: 38, requests: ["POST"] })
    })
  )

  it.effect("is looked up after 30 seconds when it is small", () =>
    Effect.gen(function* () {
      expect(yield* submitImage(1000)).toEqual({ isSubmitted: true, seconds: 30, requests: ["POST", "GET"] })
    })
  )
})
