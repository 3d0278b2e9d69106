import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import type { Plan } from "../plan/plan.ts"
import { cheaperText } from "../prices/cheaper-setting.ts"
import { maxUsd } from "../prices/quote.ts"
import { requests } from "./catalog.ts"
import { cheaperSettings } from "./cheaper-settings.ts"
import { controlMotion } from "./control-motion.ts"
import { createAvatarVideo } from "./create-avatar-video.ts"
import { createLipsync } from "./create-lipsync.ts"
import { generateImage } from "./generate-image.ts"
import { generateVideo } from "./generate-video.ts"
import { virtualTryOn } from "./virtual-try-on.ts"
import type { Fields } from "./plan-context.ts"
import { offlineContext } from "./planner.ts"
import { type AnyRequest, isPipeline } from "./request.ts"

const cheaper = (request: AnyRequest, input: Fields, credential: CredentialKind = "api-key") => {
  const context = offlineContext(credential)
  return Effect.gen(function* () {
    const plan = yield* request.plan(input, context)
    return { plan, found: yield* cheaperSettings(request, input, plan, context) }
  })
}

const texts = (request: AnyRequest, input: Fields, credential?: CredentialKind) =>
  Effect.map(cheaper(request, input, credential), ({ found }) => found.map(cheaperText))

const image = "https://a.example/a.png"

describe("how the same request costs less", () => {
  it.effect.each([
    [
      { durationSeconds: 10, resolution: "1080p", audio: "native" },
      ["5 s instead of 10 s: $0.84", "no audio: $1.12", "resolution 720p instead of 1080p: $1.26"]
    ],
    // A model without the resolution, the length or the audio is no alternative.
    [{ resolution: "4k" }, ["resolution 1080p instead of 4k: $0.56", "3 s instead of 5 s: $1.26"]],
    [{}, ["model kling-2.6 instead of kling-3.0: $0.21", "3 s instead of 5 s: $0.252"]],
    [{ durationSeconds: 12 }, ["10 s instead of 12 s: $0.84"]],
    [{ model: "kling-2.5-turbo" }, []],
    // It always has audio: the models that are silent unless asked are cheaper, and no alternative.
    [{ model: "kling-3.0-turbo" }, ["3 s instead of 5 s: $0.336"]],
    [{ model: "kling-9" }, []]
  ] as const)("%j", ([settings, expected]) =>
    Effect.gen(function* () {
      expect(yield* texts(generateVideo, { prompt: "a fox", ...settings })).toEqual(expected)
    })
  )

  it.effect("keeps what an image, a last frame and a negative prompt require", () =>
    Effect.gen(function* () {
      const first = { image, lastImage: image, resolution: "720p" }
      // The last frame of kling-2.6 needs 1080p.
      expect(yield* texts(generateVideo, first)).toEqual(["3 s instead of 5 s: $0.252"])
    })
  )
  it.effect.each([
    [generateImage, { prompt: "a fox" }, ["model kling-v2-1 instead of kling-v3: $0.014"]],
    [
      generateImage,
      { prompt: "a fox", model: "kling-v3-omni", resolution: "4k", n: 2 },
      ["resolution 2k instead of 4k: $0.056"]
    ],
    [
      createAvatarVideo,
      { image, audio: "https://a.example/a.mp3", resolution: "1080p" },
      ["resolution 720p instead of 1080p: at most $16.80"]
    ],
    [
      controlMotion,
      { image, video: "https://a.example/a.mp4", resolution: "1080p" },
      ["model kling-2.6 instead of kling-3.0: at most $3.36", "resolution 720p instead of 1080p: at most $3.78"]
    ],
    // No price is published; several steps.
    [virtualTryOn, { personImage: image, clothImages: [image] }, []],
    [createLipsync, { video: "https://a.example/a.mp4", text: "hello" }, []]
  ] as const)("%#", ([request, input, expected]) =>
    Effect.gen(function* () {
      expect(yield* texts(request, input)).toEqual(expected)
    })
  )

  const models = ["kling-3.0", "kling-3.0-omni", "kling-3.0-turbo", "kling-o1", "kling-2.6", "kling-4.0", undefined]
  const inputs = models
    .flatMap((model) => ["720p", "1080p", "4k", undefined].map((resolution) => ({ model, resolution })))
    .flatMap((settings) => [5, 10, 15, undefined].map((durationSeconds) => ({ ...settings, durationSeconds })))
    .flatMap((settings) => ["native", "off", undefined].map((audio) => ({ ...settings, audio })))
    .flatMap((settings) => [image, undefined].map((first) => ({ ...settings, image: first })))
    .map((settings) => Object.entries(settings).filter(([, value]) => value !== undefined))
    .map((given) => ({ prompt: "a fox", ...Object.fromEntries(given) }))

  it.effect.each(["api-key", "key-pair"] as const)(
    "is planned like the request, strictly cheaper, and sorted by what it saves, with every setting: %s",
    (credential) =>
      Effect.gen(function* () {
        let count = 0
        for (const input of inputs) {
          const outcome = yield* Effect.option(cheaper(generateVideo, input, credential))
          if (outcome._tag === "None") continue
          const { plan, found } = outcome.value
          const before = maxUsd((plan as Plan).quote) ?? 0
          expect(found.length).toBeLessThanOrEqual(3)
          expect(found.map(({ savedUsd }) => savedUsd)).toEqual(
            found.map(({ savedUsd }) => savedUsd).toSorted((a, b) => b - a)
          )
          for (const { field, to, usd, savedUsd } of found) {
            const other = yield* generateVideo.plan({ ...input, [field]: to }, offlineContext(credential))
            expect(maxUsd((other as Plan).quote)).toBe(usd)
            expect(usd).toBeLessThan(before)
            expect(usd + savedUsd).toBeCloseTo(before, 9)
            count += 1
          }
        }
        expect(count).toBeGreaterThan(credential === "api-key" ? 400 : 100)
      })
  )

  it.effect("never fails, whatever the request", () =>
    Effect.gen(function* () {
      for (const request of requests as ReadonlyArray<AnyRequest>) {
        const input = request.input.parse(request.example)
        const context = offlineContext("api-key")
        const planned = yield* Effect.option(request.plan(input, context))
        if (planned._tag === "None" || isPipeline(planned.value)) continue
        for (const { usd } of yield* cheaperSettings(request, input, planned.value, context)) {
          expect(usd).toBeLessThan(maxUsd(planned.value.quote) ?? 0)
        }
      }
    })
  )
})
