import { describe, expect, it } from "@effect/vitest"
import { operations, type Plan } from "@klingkit/core"
import type { PipelinePlan } from "@klingkit/core/requests"
import {
  createAvatarVideo,
  createLipsync,
  createSpeech,
  createVoice,
  editImage,
  expandImage,
  extendVideo,
  fieldName,
  generateImage,
  generateVideo
} from "@klingkit/core/requests"
import { Effect, Result } from "effect"
import { Base64 } from "effect/encoding"
import { TestClock } from "effect/testing"
import { inVirtualTime } from "@klingkit/media/testing"
import { shadedImage } from "./testing/shaded-image.ts"
import { frames, referenceWorld } from "./testing/program.ts"

const inputOf = (plan: Plan | PipelinePlan): Plan["input"] => ("input" in plan ? plan.input : {})
const urlsOf = (task: { readonly outputs: ReadonlyArray<object> }) =>
  task.outputs.map((output) => ("url" in output ? output.url : undefined))

describe("a result of an earlier task, wherever an image is asked for", () => {
  it.effect("is given by any id of its task, and by number where there are several", () =>
    Effect.gen(function* () {
      const { start } = yield* referenceWorld
      const { make, plan, refusal } = yield* start()
      const one = yield* make(generateImage, { prompt: "a fox" })
      const four = yield* make(generateImage, { prompt: "a cat", n: 4 })
      const [url] = urlsOf(one.task)
      for (const image of [one.handle, `${one.handle}#1`, one.task.id, `${one.task.id}#1`, ` ${one.handle}\n`]) {
        const planned = yield* plan(generateVideo, { prompt: "it runs", image })
        expect(inputOf(planned)).toMatchObject({ firstFrame: url })
        expect([...((planned as Plan).references ?? [])]).toEqual([[url, `${one.handle}#1`]])
      }
      const edited = yield* plan(editImage, { prompt: "x", images: [`${four.handle}#3`, one.handle] })
      expect(inputOf(edited)).toMatchObject({ images: [urlsOf(four.task)[2], url] })
      expect(yield* refusal(generateVideo, { prompt: "x", image: four.handle })).toContain(
        `image has 4 results; choose one: ${four.handle}#1 to ${four.handle}#4`
      )
      expect(yield* refusal(generateVideo, { prompt: "x", image: `${four.handle}#5` })).toContain(
        "image has 4 results, and no #5"
      )
      expect(yield* refusal(generateVideo, { prompt: "x", image: `${four.handle}#x` })).toContain("image ends in #x")
    })
  )

  it.effect("is expanded to an aspect ratio by its own size", () =>
    Effect.gen(function* () {
      const { start } = yield* referenceWorld
      const { make, plan, refusal } = yield* start()
      const { handle, task } = yield* make(generateImage, { prompt: "a fox", aspectRatio: "1:1" })
      const [url] = urlsOf(task)
      for (const image of [handle, `${handle}#1`, url]) {
        const planned = yield* plan(expandImage, { image, aspectRatio: "2:1" })
        expect(inputOf(planned)).toMatchObject({ image: url, leftExpansionRatio: 0.5, upExpansionRatio: 0 })
      }
      const foreign = { image: "https://example.com/a.png", aspectRatio: "2:1" }
      expect(yield* refusal(expandImage, foreign)).toContain("needs an image whose size is known here")
    })
  )

  it.effect("is refused in words where it is something else, not there yet, or unknown", () =>
    Effect.gen(function* () {
      const { start, paidFor } = yield* referenceWorld
      const { jobs, make, run, plan, refusal } = yield* start()
      const video = yield* make(generateVideo, { prompt: "a fox" })
      const image = yield* make(generateImage, { prompt: "a fox" })
      expect(yield* refusal(generateImage, { prompt: "x", image: video.handle })).toContain(
        `image is a video, not an image; ${video.handle}@last is its last frame`
      )
      expect(yield* refusal(extendVideo, { prompt: "x", video: image.handle })).toContain(
        "video is an image, not a video; make a video of it first"
      )
      expect(yield* refusal(extendVideo, { prompt: "x", video: `${video.handle}@last` })).toContain(
        "video is a frame, which is an image, not video; leave out @last"
      )
      expect(yield* refusal(generateVideo, { prompt: "x", image: `${image.handle}@last` })).toContain(
        "image is an image, not a video: leave out @last"
      )
      const running = yield* run(yield* plan(generateImage, { prompt: "a hare" }))
      const { handle = "" } = running._tag === "Answer" ? {} : running.job
      // No time passes here, in which it would finish.
      const early = yield* Effect.flip(jobs.plan(generateVideo, { prompt: "x", image: handle }, fieldName))
      expect(early.message).toMatch(/image is still \w+; wait until it has finished/)
      const unknown = `kk-img-${"0".repeat(26)}`
      for (const message of [
        yield* refusal(generateVideo, { prompt: "x", image: unknown }),
        yield* refusal(generateVideo, { prompt: "x", image: "893605946402811985" })
      ]) {
        expect(message).toMatch(
          /image is (kk-img-0{26}|893605946402811985), which no task or result of this account has/
        )
      }
      expect(paidFor()).toBe(3)
    })
  )
})

describe("a frame of a video", () => {
  it.effect("is the first or the last that a decoder at hand gives", () =>
    Effect.gen(function* () {
      const { start, decoded } = yield* referenceWorld
      const { make, plan } = yield* start()
      const video = yield* make(generateVideo, { prompt: "a fox" })
      const planned = yield* plan(generateVideo, {
        prompt: "it goes on",
        image: `${video.handle}@last`,
        lastImage: `${video.task.id}@first`
      })
      const [firstFrame, lastFrame] = [Base64.encode(frames.last), Base64.encode(frames.first)]
      expect(inputOf(planned)).toMatchObject({ firstFrame, lastFrame })
      expect([...((planned as Plan).references ?? []).values()]).toEqual([
        `${video.handle}#1@last`,
        `${video.handle}#1@first`
      ])
      expect(decoded()).toEqual(["last", "first"])
    })
  )

  it.effect("is refused in words before anything is paid where nothing decodes videos", () =>
    Effect.gen(function* () {
      const { start, paidFor } = yield* referenceWorld
      const { make, refusal } = yield* start({ decodes: false })
      const video = yield* make(generateVideo, { prompt: "a fox" })
      expect(yield* refusal(generateVideo, { prompt: "x", image: `${video.handle}@last` })).toContain(
        "image needs the last frame of a video, and nothing on this machine decodes videos: install ffmpeg, or give an image"
      )
      expect(paidFor()).toBe(1)
    })
  )
})

describe("a result that Kling has deleted", () => {
  it.effect("is the saved file, as long as that is unchanged", () =>
    Effect.gen(function* () {
      const { start, fs, outputDir } = yield* referenceWorld
      const { make, plan, refusal, download } = yield* start()
      const two = yield* make(generateImage, { prompt: "a cat", n: 2 })
      const [one, other] = yield* download(two.handle)
      yield* TestClock.adjust("31 days")
      const image = `${two.handle}#2`
      const content = yield* fs.readFile(other?.path ?? "")
      const planned = yield* plan(generateVideo, { prompt: "it runs", image })
      expect(inputOf(planned)).toMatchObject({ firstFrame: Base64.encode(content) })
      expect([...((planned as Plan).references ?? []).values()]).toEqual([image])
      yield* fs.writeFile(other?.path ?? "", shadedImage(200))
      expect(yield* refusal(generateVideo, { prompt: "x", image })).toContain(
        "image is older than 30 days, so Kling has deleted it; no unchanged copy is saved on this machine"
      )
      yield* fs.copyFile(one?.path ?? "", `${outputDir}/elsewhere.png`)
      yield* fs.remove(one?.path ?? "")
      expect(yield* refusal(generateVideo, { prompt: "x", image: `${two.handle}#1` })).toContain("older than 30 days")
    })
  )

  it.effect("is refused where Kling takes a link only", () =>
    Effect.gen(function* () {
      const { start } = yield* referenceWorld
      const { make, refusal, download, plan } = yield* start()
      const video = yield* make(generateVideo, { prompt: "a fox" })
      yield* download(video.handle)
      yield* TestClock.adjust("31 days")
      expect(yield* refusal(extendVideo, { prompt: "x", video: video.handle })).toContain(
        "video is older than 30 days, so Kling has deleted it; Kling takes it by URL only"
      )
      // Its frames are still at hand.
      const planned = yield* plan(generateVideo, { prompt: "x", image: `${video.handle}@first` })
      expect(inputOf(planned)).toMatchObject({ firstFrame: Base64.encode(frames.first) })
    })
  )
})

describe("a request made with a reference", () => {
  it.effect("is one charge though the link behind it changes, and is the request by that link too", () =>
    Effect.gen(function* () {
      const { world, ledger, start, paidFor } = yield* referenceWorld
      const { make, plan, run, download } = yield* start()
      world.state.faults.add([{ fault: "dead-links", count: "always" }])
      const image = yield* make(generateImage, { prompt: "a fox" })
      const [before] = urlsOf(image.task)
      const [byLink, byHandle] = [
        yield* plan(generateVideo, { prompt: "it runs", image: before }),
        yield* plan(generateVideo, { prompt: "it runs", image: image.handle })
      ]
      yield* run(byLink)
      yield* run(byHandle)
      expect(paidFor()).toBe(2)
      yield* run(yield* plan(generateVideo, { prompt: "it jumps", image: image.handle }))
      expect(paidFor()).toBe(3)
      world.state.faults.clear()
      yield* download(image.handle)
      const [after] = urlsOf(yield* ledger.get(image.handle))
      expect(after).not.toBe(before)
      for (const spelling of [image.handle, `${image.handle}#1`, image.task.id]) {
        const again = yield* plan(generateVideo, { prompt: "it jumps", image: spelling })
        expect(inputOf(again)).toMatchObject({ firstFrame: after })
        yield* run(again)
      }
      yield* run(yield* plan(generateVideo, { prompt: "it jumps", image: after }))
      expect(paidFor()).toBe(3)
      yield* run(yield* plan(generateVideo, { prompt: "it jumps", image: image.handle }), { take: 2 })
      expect(paidFor()).toBe(4)
    })
  )

  it.effect("is approved by what it refers to, not by the link of the moment", () =>
    Effect.gen(function* () {
      const { world, start, paidFor } = yield* referenceWorld
      const { jobs, make, plan, run, download } = yield* start()
      world.state.faults.add([{ fault: "dead-links", count: "always" }])
      const image = yield* make(generateImage, { prompt: "a fox" })
      const approval = Result.getOrThrow(
        yield* inVirtualTime(jobs.approve(yield* plan(generateVideo, { prompt: "it runs", image: image.handle })))
      )
      world.state.faults.clear()
      yield* download(image.handle)
      yield* run(yield* plan(generateVideo, { prompt: "it runs", image: image.handle }), { approval })
      expect(paidFor()).toBe(2)
    })
  )

  it.effect("of several steps is one pipeline though the link changes", () =>
    Effect.gen(function* () {
      const { world, start, paidFor } = yield* referenceWorld
      const { make, plan, run, download } = yield* start()
      world.state.faults.add([{ fault: "dead-links", count: "always" }])
      const video = yield* make(generateVideo, { prompt: "a face" })
      const request = { video: video.handle, text: "Good morning to everybody" }
      yield* make(createLipsync, request)
      const paid = paidFor()
      world.state.faults.clear()
      yield* download(video.handle)
      const again = yield* run(yield* plan(createLipsync, request))
      expect(again._tag === "Answer" ? undefined : again.job).toMatchObject({ isDuplicate: true })
      expect(paidFor()).toBe(paid)
    })
  )

  it.effect("is repeated by reference, though it was given by a link that is dead by then", () =>
    Effect.gen(function* () {
      const { world, ledger, start, paidFor } = yield* referenceWorld
      const { jobs, make, plan, run, download } = yield* start()
      world.state.faults.add([{ fault: "dead-links", count: "always" }])
      const two = yield* make(generateImage, { prompt: "a fox", n: 2 })
      const image = `${two.handle}#2`
      const byReference = yield* run(yield* plan(generateVideo, { prompt: "it runs", image }))
      const byLink = yield* run(yield* plan(generateVideo, { prompt: "it jumps", image: urlsOf(two.task)[1] }))
      world.state.faults.clear()
      yield* download(two.handle)
      const [, after] = urlsOf(yield* ledger.get(two.handle))
      expect(urlsOf(two.task)).not.toContain(after)
      for (const { job } of [byReference, byLink]) {
        const { handle = "" } = job ?? {}
        expect((yield* ledger.get(handle)).request?.input["image"]).toEqual({ $media: { source: image } })
        const repeated = yield* jobs.planRepeat(handle, {}, fieldName)
        expect(inputOf(repeated.plan)).toMatchObject({ firstFrame: after })
        expect((yield* run(repeated.plan, { take: repeated.take ?? 0 })).job).toMatchObject({
          handle,
          isDuplicate: true
        })
      }
      expect(paidFor()).toBe(3)
    })
  )

  it.effect("is repeated with a frame that another decoder gives in other bytes", () =>
    Effect.gen(function* () {
      const { start, ledger } = yield* referenceWorld
      const { make } = yield* start()
      const video = yield* make(generateVideo, { prompt: "a fox" })
      const image = `${video.handle}@last`
      const { handle } = yield* make(generateVideo, { prompt: "it goes on", image })
      expect((yield* ledger.get(handle)).request?.input["image"]).toEqual({ $media: { source: image } })
      const { jobs } = yield* start({ frames: { ...frames, last: shadedImage(253) } })
      const { plan: repeated } = yield* jobs.planRepeat(handle, { durationSeconds: 10 }, fieldName)
      expect(inputOf(repeated)).toMatchObject({ firstFrame: Base64.encode(shadedImage(253)), durationSeconds: 10 })
    })
  )
})

describe("speech of an earlier task", () => {
  const text = "Good morning to everybody"
  const portrait = "https://a.example/me.png"

  it.effect("is found by the id of its task, and never paid for as something else", () =>
    Effect.gen(function* () {
      const { ledger, start, paidFor } = yield* referenceWorld
      const { plan, run, make, refusal } = yield* start()
      const answered = yield* run(yield* plan(createSpeech, { text }))
      const handle = answered.job?.handle ?? ""
      const { taskId = "", outputs } = yield* ledger.get(handle)
      const [audio] = outputs
      const id = audio !== undefined && "id" in audio ? audio.id : undefined
      expect(id).not.toBe(taskId)
      for (const audioId of [taskId, handle, id]) {
        const planned = yield* plan(createAvatarVideo, { image: portrait, audioId })
        expect(inputOf(planned)).toMatchObject({ audioId: id })
        expect(planned).toMatchObject({ quote: { state: "estimate", priceUsd: 0.112 }, warnings: [] })
        yield* run(planned)
      }
      expect(paidFor()).toBe(2)
      const video = yield* make(generateVideo, { prompt: "a fox" })
      expect(yield* refusal(createAvatarVideo, { image: portrait, audioId: video.task.id })).toContain(
        "audioId is a video, not audio"
      )
      expect(yield* refusal(createVoice, { name: "keeper", videoId: handle })).toContain(
        "videoId is audio, not a video"
      )
      expect(yield* refusal(createAvatarVideo, { image: portrait, audioId: `kk-tts-${"0".repeat(26)}` })).toContain(
        "which no task or result of this account has"
      )
    })
  )

  it.effect("is a file for requests that take one, of a known length", () =>
    Effect.gen(function* () {
      const { start, ledger } = yield* referenceWorld
      const { plan, run, make, jobs } = yield* start()
      const answered = yield* run(yield* plan(createSpeech, { text }))
      const handle = answered.job?.handle ?? ""
      const [url] = urlsOf(yield* ledger.get(handle))
      expect(inputOf(yield* plan(createAvatarVideo, { image: portrait, audio: handle }))).toMatchObject({
        soundFile: url
      })
      const video = yield* make(generateVideo, { prompt: "a face" })
      const planned = yield* plan(createLipsync, { video: video.handle, audio: handle })
      expect(planned.warnings).toEqual([])
      const raw = Result.getOrThrow(
        yield* inVirtualTime(jobs.plan(operations["legacy.avatar"], { image: portrait, soundFile: handle }))
      )
      expect(raw.input).toMatchObject({ soundFile: url })
    })
  )

  it.effect("is one video with a portrait, by its id, its link and its task, in whichever order", () =>
    Effect.gen(function* () {
      const { start, ledger, paidFor } = yield* referenceWorld
      const { plan, run } = yield* start()
      const speech = yield* run(yield* plan(createSpeech, { text }))
      const { handle, outputs } = yield* ledger.get(speech.job?.handle ?? "")
      const [output] = outputs
      const id = output !== undefined && "id" in output ? output.id : undefined
      const [link] = urlsOf({ outputs })
      const before = paidFor()
      const spellings = [{ audioId: id }, { audio: link }, { audio: handle }, { audioId: handle }]
      for (const [first, others] of [
        [{ audioId: id }, spellings],
        [{ audio: link }, spellings.toReversed()]
      ] as const) {
        const prompt = JSON.stringify(first)
        const made = yield* run(yield* plan(createAvatarVideo, { image: portrait, prompt, ...first }))
        for (const spelling of others) {
          const again = yield* run(yield* plan(createAvatarVideo, { image: portrait, prompt, ...spelling }))
          expect([spelling, again.job?.handle]).toEqual([spelling, made.job?.handle])
        }
      }
      expect(paidFor()).toBe(before + 2)
    })
  )

  it.effect("that no known task has made is Kling's to judge, and the plan says so", () =>
    Effect.gen(function* () {
      const { start } = yield* referenceWorld
      const { plan } = yield* start()
      const planned = yield* plan(createAvatarVideo, { image: portrait, audioId: "893605946402811985" })
      expect(inputOf(planned)).toMatchObject({ audioId: "893605946402811985" })
      expect(planned.warnings).toEqual([
        "no known task has made audio with the id 893605946402811985: Kling decides what it is"
      ])
    })
  )
})
