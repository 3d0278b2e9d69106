import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { parseJson } from "./json.ts"
import { fromLegacyTask, LegacyTask } from "./legacy-task.ts"

const decode = Schema.decodeUnknownSync(LegacyTask)
const task = (text: string) => fromLegacyTask(decode(parseJson(text)))
const withResult = (result: string) => task(`{"task_id":"1","task_status":"succeed","task_result":${result}}`).outputs

describe("a task of a legacy path", () => {
  it("that was just created has neither outputs nor charges", () => {
    expect(
      task(
        `{"task_id":"871","task_status":"submitted","task_info":{"external_task_id":"kk-img-1"},"created_at":1790000000000,"updated_at":1790000000001}`
      )
    ).toEqual({
      id: "871",
      externalId: "kk-img-1",
      status: "submitted",
      createdAt: 1_790_000_000_000,
      updatedAt: 1_790_000_000_001,
      outputs: [],
      charges: []
    })
  })

  it("that has finished has outputs and charges", () => {
    expect(
      task(`{"task_id":"871","task_status":"succeed","task_status_msg":"","task_info":{"external_task_id":""},
        "watermark_info":{"enabled":true},"final_unit_deduction":"16","final_balance_deduction":{"quota":"0.056","list_price":"0.07"},
        "created_at":1790000000000,"updated_at":1790000000001,
        "task_result":{"images":[{"index":0,"url":"https://example.com/0.png","watermark_url":"https://example.com/0w.png"}]}}`)
    ).toEqual({
      id: "871",
      status: "succeed",
      createdAt: 1_790_000_000_000,
      updatedAt: 1_790_000_000_001,
      outputs: [{ type: "image", url: "https://example.com/0.png", watermarkUrl: "https://example.com/0w.png" }],
      charges: [
        { kind: "unit", amount: 16 },
        { kind: "cash", amount: 0.056 }
      ]
    })
  })

  it("passes on an unknown status word, and the failure message", () => {
    expect(task(`{"task_id":"1","task_status":"queued"}`)).toMatchObject({ status: "unknown", statusWord: "queued" })
    expect(task(`{"task_id":"1","task_status":"failed","task_status_msg":"no face"}`)).toMatchObject({
      status: "failed",
      message: "no face"
    })
  })

  it("of omni-image holds single images or a series", () => {
    expect(
      withResult(`{"result_type":"series","images":[],"series_images":[{"index":0,"url":"https://example.com/0.png"},
        {"index":1,"url":"https://example.com/1.png"}]}`)
    ).toEqual([
      { type: "image", url: "https://example.com/0.png" },
      { type: "image", url: "https://example.com/1.png" }
    ])
  })

  it("of ai-multi-shot holds three images in each entry", () => {
    expect(
      withResult(
        `{"images":[{"index":0,"url_1":"https://example.com/1","url_2":"https://example.com/2","url_3":"https://example.com/3"}]}`
      )
    ).toEqual([1, 2, 3].map((view) => ({ type: "image", url: `https://example.com/${view}` })))
  })

  it("of the audio paths holds audio in two formats, or speech in one", () => {
    expect(
      withResult(`{"audios":[{"id":"a","url_mp3":"https://example.com/a.mp3","url_wav":"https://example.com/a.wav",
        "duration_mp3":"5.0","duration_wav":"5.1"}]}`)
    ).toEqual([
      {
        type: "audio",
        id: "a",
        url: "https://example.com/a.mp3",
        wavUrl: "https://example.com/a.wav",
        durationSeconds: 5
      }
    ])
    expect(withResult(`{"audios":[{"id":"t","url":"https://example.com/t.mp3","duration":"2.5"}]}`)).toEqual([
      { type: "audio", id: "t", url: "https://example.com/t.mp3", durationSeconds: 2.5 }
    ])
  })

  it("of elements and voices keeps all digits of their ids", () => {
    expect(
      withResult(`{"elements":[{"element_id":829836802793406551,"element_name":"Mira","element_description":"a sailor",
        "reference_type":"video_refer","element_image_list":{},"element_video_list":{},"element_voice_info":{},
        "tag_list":[],"owned_by":"kling","status":"succeed"},{"element_id":160,"status":"deleted"}],
        "voices":[{"voice_id":"871234567890123456","voice_name":"Mira","trial_url":"https://example.com/t.mp3","owned_by":"me"}]}`)
    ).toEqual([
      { type: "voice", id: "871234567890123456", name: "Mira", url: "https://example.com/t.mp3", ownedBy: "me" },
      { type: "element", id: "829836802793406551", name: "Mira", description: "a sailor", ownedBy: "kling" },
      { type: "element", id: "160", deleted: true }
    ])
  })

  it("of a video keeps the watermarked copy; an entry without a URL is dropped", () => {
    expect(
      withResult(`{"videos":[{"id":"v","url":"https://example.com/v.mp4","watermark_url":"https://example.com/w.mp4","duration":"10"},
        {"id":"x","url":null}]}`)
    ).toEqual([
      {
        type: "video",
        id: "v",
        url: "https://example.com/v.mp4",
        watermarkUrl: "https://example.com/w.mp4",
        durationSeconds: 10
      }
    ])
  })
})
