import { beforeAll, describe, expect, it } from "@effect/vitest"
import { type AnyOperation, findOperation, planOperation, type TaskOutput } from "@klingkit/core"
import { makeRealMedia, type RealMedia } from "@klingkit/media/testing"
import { Effect, Layer } from "effect"
import { Base64 } from "effect/encoding"
import { Ledger } from "./ledger/ledger.ts"
import { ledgerError } from "./ledger/ledger-error.ts"
import { LedgerSource } from "./ledger/ledger-source.ts"
import { sampleJob } from "./ledger/testing/sample-job.ts"
import { layerSqliteMemory } from "./sqlite/sqlite-ledger.ts"
import { refineQuote } from "./refine-quote.ts"

let media: RealMedia

beforeAll(async () => {
  media = await makeRealMedia()
})

const image = "https://media.example/portrait.jpg"
const video = { type: "video", id: "8936", url: "https://kling.example/clip.mp4", durationSeconds: 5.041 } as const
const speech = {
  type: "audio",
  id: "77",
  url: "https://kling.example/a.mp3",
  wavUrl: "https://kling.example/a.wav",
  durationSeconds: 9.6
} as const

const operation = (id: string): AnyOperation => {
  const found = findOperation(id)
  if (found === undefined) throw new Error(`${id} is not in the catalogue`)
  return found
}

/** The quote of a request, with a ledger in which `principal` made the video and the speech. */
const quoted = Effect.fnUntraced(function* (id: string, input: Readonly<Record<string, unknown>>, principal = "local") {
  const ledger = yield* (yield* LedgerSource).open
  const outputs: ReadonlyArray<TaskOutput> = [video, speech]
  const { job } = yield* ledger.createJob(sampleJob({ principal }))
  const lease = { owner: "this-process", fence: 1 }
  yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease })
  yield* ledger.transition(job.handle, ["SENDING"], "ACCEPTED")
  yield* ledger.transition(job.handle, ["ACCEPTED"], "SUCCEEDED", { outputs })
  return (yield* refineQuote(yield* planOperation(operation(id), input))).quote
})

const memory = LedgerSource.layer(layerSqliteMemory)
const motion = { image, characterOrientation: "video" }

describe("a price that depends on the duration of a video or audio", () => {
  it.effect.each([
    ["inline audio", "legacy.avatar", () => ({ image, soundFile: Base64.encode(media.wav) }), 1.6],
    ["inline audio in another format", "legacy.avatar", () => ({ image, soundFile: Base64.encode(media.m4a) }), 1.6],
    ["the id of a speech in the ledger", "legacy.avatar", () => ({ image, audioId: speech.id }), 4],
    ["its URL", "legacy.avatar", () => ({ image, soundFile: speech.url, mode: "pro" }), 8],
    ["its other URL", "legacy.avatar", () => ({ image, soundFile: speech.wavUrl }), 4],
    ["a video's URL", "new.motion.kling-3.0", () => ({ ...motion, video: video.url }), 4.5],
    [
      "a video's id",
      "legacy.lip-sync",
      () => ({ mode: "audio2video", videoId: video.id, audioType: "url", audioUrl: speech.url }),
      1
    ],
    ["a base video's URL", "new.omni.kling-o1", () => ({ prompt: "snow", baseVideo: { video: video.url } }), 4.5]
  ] as const)("follows from %s", ([, id, input, units]) =>
    Effect.gen(function* () {
      expect(yield* quoted(id, input())).toMatchObject({ state: "estimate", units })
    }).pipe(Effect.provide(memory))
  )

  it.effect("has an upper bound of a full started second", () =>
    Effect.gen(function* () {
      const quote = yield* quoted("new.motion.kling-3.0", { ...motion, video: video.url })
      expect(quote.upperBound).toEqual({ units: 5.4, priceUsd: 0.756 })
    }).pipe(Effect.provide(memory))
  )

  it.effect.each([
    ["a remote video", "new.motion.kling-3.0", { ...motion, video: "https://media.example/walk.mp4" }, undefined],
    ["a video of another principal", "new.motion.kling-3.0", { ...motion, video: video.url }, "anna"],
    ["bytes that are not audio", "legacy.avatar", { image, soundFile: btoa("<html>not audio</html>") }, undefined],
    ["an unknown id", "legacy.avatar", { image, audioId: "%" }, undefined],
    ["an overlong URL", "legacy.avatar", { image, soundFile: `https://a.example/${"%".repeat(60_000)}` }, undefined]
  ] as const)("stays unknown, with its upper bound, for %s", ([, id, input, principal]) =>
    Effect.gen(function* () {
      const { state, units, upperBound } = yield* quoted(id, input, principal)
      expect([state, units, upperBound?.units]).toEqual(["estimate", undefined, id === "legacy.avatar" ? 120 : 27])
    }).pipe(Effect.provide(memory))
  )

  it.effect("needs no ledger: if it cannot be opened, the quote stays unchanged", () =>
    Effect.gen(function* () {
      const plan = yield* planOperation(operation("legacy.avatar"), { image, audioId: speech.id })
      expect(yield* refineQuote(plan)).toBe(plan)
      const textToVideo = yield* planOperation(operation("new.t2v.kling-3.0"), { prompt: "a cat" })
      expect(yield* refineQuote(textToVideo)).toBe(textToVideo)
    }).pipe(
      Effect.provide(
        LedgerSource.layer(Layer.effect(Ledger, Effect.fail(ledgerError({ _tag: "Locked", location: "" }))))
      )
    )
  )
})
