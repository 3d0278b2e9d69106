import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import type { AnyOperation } from "../operation.ts"
import { readBody } from "../params/body-path.ts"
import { fromNewTask, NewTask } from "../wire/new-task.ts"
import {
  clothingDupe,
  dramaSubtitle,
  getSolutions,
  goodsStudio,
  listSolutions,
  talkingAgent,
  virtualTryOn
} from "./solutions.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf, ruleCases } from "./testing/rule-cases.ts"

const url = "https://example.com/a.png"

ruleCases(talkingAgent, {
  "exactly-one-of-avatar-image-and-avatar-id": {
    rejected: { speechScript: "Good day", avatarImage: url, avatarId: "a1" },
    says: "avatarId are mutually exclusive",
    accepted: { speechScript: "Good day", avatarId: "a1" }
  }
})
ruleCases(getSolutions, {
  "one-kind-of-id": {
    rejected: { taskIds: "1", externalTaskIds: "2" },
    says: "pass exactly one of the two",
    accepted: { externalTaskIds: "2" }
  },
  "at-most-20-ids": {
    rejected: { taskIds: Array.from({ length: 21 }, (_, index) => index).join(",") },
    says: "at most 20 ids",
    accepted: { taskIds: Array.from({ length: 20 }, (_, index) => index).join(",") }
  }
})

roundTripBodies(
  [
    virtualTryOn,
    `{"contents":[{"type":"product_image","url":"https://example.com/coat.webp"},
          {"type":"person_image","url":"https://example.com/person.jpg"}],
        "settings":{"keep_face":true,"keep_pose":false,"keep_background":true},
        "options":{"watermark":{"enabled":true},"callback_url":"https://example.com/done"}}`
  ],
  [
    clothingDupe,
    `{"contents":[{"type":"product_info","text":"a linen coat"},{"type":"source_video","url":"https://example.com/v.mp4"},
          {"type":"product_image","url":"https://example.com/1.png"},{"type":"product_image","url":"https://example.com/2.png"},
          {"type":"model_image","url":"https://example.com/m.png"},{"type":"bgm","url":"https://example.com/b.mp3"},
          {"type":"voice","voice_id":"v7"}],
        "settings":{"resolution":"1080p","aspect_ratio":"21:9"},"options":{"watermark_info":{"enabled":false}}}`
  ],
  [
    goodsStudio,
    `{"contents":[{"type":"ref_image","url":"https://example.com/1.png"},{"type":"goods_title","text":"a kettle"}],
        "settings":{"resolution":"720p","aspect_ratio":"1:1","duration":30},"options":{"watermark":{"enabled":false}}}`
  ],
  [
    talkingAgent,
    `{"avatar_image":"https://example.com/a.png","ref_image":["https://example.com/1.png"],"goods_title":"a kettle",
        "goods_target_audience":["tea drinkers"],"goods_selling_point":["quiet","fast"],"speech_script":"Good day",
        "settings":{"speech_rate":1.2,"bgm_enabled":true,"allow_polish":false}}`
  ],
  [
    dramaSubtitle,
    `{"contents":[{"type":"source_video","url":"https://example.com/v.mp4"},
          {"type":"glossary","text":"Mira"},{"type":"glossary","text":"Otto"}],
        "settings":{"target_cps":17,"target_language":"en","margin_v":40,"font_size":32}}`
  ],
  [listSolutions, `{"limit":100,"filters":[{"key":"status","values":["succeeded","failed"]}]}`]
)

describe("solutions", () => {
  it.each([virtualTryOn, clothingDupe, goodsStudio, talkingAgent, dramaSubtitle] as ReadonlyArray<AnyOperation>)(
    "$id is never quoted as free",
    (one) => {
      expect(one).toMatchObject({ billed: true, externalId: "options.external_task_id", listed: true })
      expect(one.price({})).toMatchObject({ state: "unknown" })
      expect(one.price({}).units).toBeUndefined()
    }
  )

  it("spell the watermark in two ways", () => {
    expect(virtualTryOn.params.watermark.path).toBe("options.watermark.enabled")
    expect(goodsStudio.params.watermark.path).toBe("options.watermark.enabled")
    expect(clothingDupe.params.watermark.path).toBe("options.watermark_info.enabled")
  })

  it("reject two images where Kling takes exactly one", () => {
    const entry = { type: "product_image", url }
    const input = readBody(virtualTryOn.params, { contents: [entry, entry, { type: "person_image", url }] })
    expect(problemsOf(virtualTryOn, input)).toEqual([expect.stringContaining("not an array")])
  })

  it("accept only the three durations of an advertising video", () => {
    const goods = { referenceImages: [url], goodsTitle: "a kettle", resolution: "720p", aspectRatio: "1:1" } as const
    expect(problemsOf(goodsStudio, { ...goods, durationSeconds: 30 })).toEqual([])
    expect(problemsOf(goodsStudio, { ...goods, durationSeconds: 20 })).toEqual([
      expect.stringContaining("did you mean 15?")
    ])
  })

  it("return task_id from a create, with either spelling of success", () => {
    const read = Schema.decodeUnknownSync(NewTask)
    expect(fromNewTask(read({ task_id: "871", status: "succeed" }))).toMatchObject({ id: "871", status: "succeed" })
    expect(fromNewTask(read({ id: "871", status: "succeeded" }))).toMatchObject({ id: "871", status: "succeed" })
    expect(() => read({ status: "succeed" })).toThrow(/Missing|Expected/)
  })
})
