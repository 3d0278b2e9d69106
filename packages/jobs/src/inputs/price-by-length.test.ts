import { beforeAll, describe, expect, it } from "@effect/vitest"
import { type AnyOperation, findOperation, planOperation, type TaskOutput } from "@klingkit/core"
import { Effect, Layer } from "effect"
import { Base64 } from "effect/encoding"
import { Ledger } from "../ledger/ledger.ts"
import { ledgerError } from "../ledger/ledger-error.ts"
import { LedgerSource } from "../ledger/ledger-source.ts"
import { sampleIntent } from "../ledger/testing/sample-intent.ts"
import { layerSqliteMemory } from "../sqlite/sqlite-ledger.ts"
import { priceByLength } from "./price-by-length.ts"
import { makeRealMedia, type RealMedia } from "./testing/real-media.ts"

let media: RealMedia

beforeAll(async () => {
  media = await makeRealMedia()
})

const image = "https://media.example/portrait.jpg"
const clip = { type: "video", id: "8936", url: "https://kling.example/clip.mp4", durationSeconds: 5.041 } as const
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

/** The quote of a request beside a ledger in which `principal` has made the clip and the speech. */
const quoted = Effect.fnUntraced(function* (id: string, input: Readonly<Record<string, unknown>>, principal = "local") {
  const ledger = yield* (yield* LedgerSource).open
  const outputs: ReadonlyArray<TaskOutput> = [clip, speech]
  const { job } = yield* ledger.begin(sampleIntent({ principal }))
  const lease = { owner: "this-process", fence: 1 }
  yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease })
  yield* ledger.transition(job.handle, ["SENDING"], "ACCEPTED")
  yield* ledger.transition(job.handle, ["ACCEPTED"], "SUCCEEDED", { outputs })
  return (yield* priceByLength(yield* planOperation(operation(id), input))).quote
})

const memory = LedgerSource.layer(layerSqliteMemory)
const motion = { image, characterOrientation: "video" }

describe("the price by the length of a clip or sound", () => {
  it.effect.each([
    ["a sound's own bytes", "legacy.avatar", () => ({ image, soundFile: Base64.encode(media.wav) }), 1.6],
    ["a sound's bytes in another form", "legacy.avatar", () => ({ image, soundFile: Base64.encode(media.m4a) }), 1.6],
    ["the id of a speech that was made here", "legacy.avatar", () => ({ image, audioId: speech.id }), 4],
    ["its link", "legacy.avatar", () => ({ image, soundFile: speech.url, mode: "pro" }), 8],
    ["its other link", "legacy.avatar", () => ({ image, soundFile: speech.wavUrl }), 4],
    ["a clip's link", "new.motion.kling-3.0", () => ({ ...motion, video: clip.url }), 4.5],
    [
      "a clip's id",
      "legacy.lip-sync",
      () => ({ mode: "audio2video", videoId: clip.id, audioType: "url", audioUrl: speech.url }),
      1
    ],
    ["a base video's link", "new.omni.kling-o1", () => ({ prompt: "snow", baseVideo: { video: clip.url } }), 4.5]
  ] as const)("is told by %s", ([, id, input, units]) =>
    Effect.gen(function* () {
      expect(yield* quoted(id, input())).toMatchObject({ state: "estimate", units })
    }).pipe(Effect.provide(memory))
  )

  it.effect("counts a begun second as the most", () =>
    Effect.gen(function* () {
      const quote = yield* quoted("new.motion.kling-3.0", { ...motion, video: clip.url })
      expect(quote.atMost).toEqual({ units: 5.4, priceUsd: 0.756 })
    }).pipe(Effect.provide(memory))
  )

  it.effect.each([
    ["a foreign clip", "new.motion.kling-3.0", { ...motion, video: "https://media.example/walk.mp4" }, undefined],
    ["another's clip", "new.motion.kling-3.0", { ...motion, video: clip.url }, "anna"],
    ["bytes that are no sound", "legacy.avatar", { image, soundFile: btoa("<html>no sound</html>") }, undefined],
    ["an id of nothing", "legacy.avatar", { image, audioId: "%" }, undefined],
    [
      "a link longer than any",
      "legacy.avatar",
      { image, soundFile: `https://a.example/${"%".repeat(60_000)}` },
      undefined
    ]
  ] as const)("stays open, with its bound, for %s", ([, id, input, principal]) =>
    Effect.gen(function* () {
      const { state, units, atMost } = yield* quoted(id, input, principal)
      expect([state, units, atMost?.units]).toEqual(["estimate", undefined, id === "legacy.avatar" ? 120 : 27])
    }).pipe(Effect.provide(memory))
  )

  it.effect("needs no ledger: one that cannot be opened leaves the quote as it was", () =>
    Effect.gen(function* () {
      const plan = yield* planOperation(operation("legacy.avatar"), { image, audioId: speech.id })
      expect(yield* priceByLength(plan)).toBe(plan)
      const film = yield* planOperation(operation("new.t2v.kling-3.0"), { prompt: "a cat" })
      expect(yield* priceByLength(film)).toBe(film)
    }).pipe(
      Effect.provide(LedgerSource.layer(Layer.effect(Ledger, Effect.fail(ledgerError({ _tag: "Locked", place: "" })))))
    )
  )
})
