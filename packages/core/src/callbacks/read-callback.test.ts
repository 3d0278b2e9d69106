import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { readCallback } from "./read-callback.ts"

const read = (body: string | Uint8Array) => Effect.runPromise(readCallback(body))
const failureOf = (body: string | Uint8Array) => Effect.runPromise(Effect.flip(readCallback(body)))

describe("a callback's body", () => {
  it("of the new generation becomes a task with every kind of output", async () => {
    const { task } = await read(`{
      "id":"893605946402811985","status":"succeeded","message":"","create_time":1790000000000,
      "update_time":1790000060000,"external_id":"kk-t2v-1",
      "outputs":[
        {"type":"video","id":"v1","url":"https://example.com/v.mp4","watermark_url":"https://example.com/w.mp4","duration":"5.1"},
        {"type":"image","url":"https://example.com/i.png","group_id":"g1"},
        {"type":"audio","id":"a1","mp3_url":"https://example.com/a.mp3","wav_url":"https://example.com/a.wav","mp3_duration":"3.0"},
        {"type":"voice","id":"871234567890123456","name":"Mira","url":"https://example.com/t.mp3","owned_by":"me","status":"succeeded"},
        {"type":"element","id":829836802793406551,"name":"Mira","description":"a sailor",
          "element_type":"video_character_elements",
          "materials":[{"type":"image","role":"refer","url":"https://example.com/m.png"}],
          "owned_by":"me","status":"deleted","tags":[{"id":1,"name":"person","description":""}]}],
      "billing":[{"charge_type":"unit","amount":"3","package_type":"video"}]}`)
    expect(task).toEqual({
      id: "893605946402811985",
      externalId: "kk-t2v-1",
      status: "succeed",
      createdAt: 1_790_000_000_000,
      updatedAt: 1_790_000_060_000,
      charges: [{ kind: "unit", amount: 3, pack: "video" }],
      outputs: [
        {
          type: "video",
          id: "v1",
          url: "https://example.com/v.mp4",
          watermarkUrl: "https://example.com/w.mp4",
          durationSeconds: 5.1
        },
        { type: "image", url: "https://example.com/i.png", groupId: "g1" },
        {
          type: "audio",
          id: "a1",
          url: "https://example.com/a.mp3",
          wavUrl: "https://example.com/a.wav",
          durationSeconds: 3
        },
        { type: "voice", id: "871234567890123456", name: "Mira", url: "https://example.com/t.mp3", ownedBy: "me" },
        {
          type: "element",
          id: "829836802793406551",
          name: "Mira",
          description: "a sailor",
          ownedBy: "me",
          deleted: true
        }
      ]
    })
  })

  it("of a legacy path becomes the same kind of task, also from bytes", async () => {
    const body = new TextEncoder().encode(`{
      "task_id":"871","task_status":"succeed","task_status_msg":"","created_at":1790000000000,"updated_at":1790000060000,
      "final_unit_deduction":"8","final_balance_deduction":{"quota":"0","list_price":"0"},
      "task_info":{"parent_video":{"id":"p1","url":"https://example.com/p.mp4","duration":"5"},"external_task_id":"kk-img-1"},
      "task_result":{"images":[{"index":0,"url":"https://example.com/0.png"}],
        "videos":[{"id":"v1","url":"https://example.com/v.mp4","duration":"5"}]}}`)
    const { task } = await read(body)
    expect(task).toEqual({
      id: "871",
      externalId: "kk-img-1",
      status: "succeed",
      createdAt: 1_790_000_000_000,
      updatedAt: 1_790_000_060_000,
      charges: [{ kind: "unit", amount: 8 }],
      outputs: [
        { type: "video", id: "v1", url: "https://example.com/v.mp4", durationSeconds: 5 },
        { type: "image", url: "https://example.com/0.png" }
      ]
    })
  })

  it("may report a task that is still running, or an unknown status word", async () => {
    expect((await read(`{"id":"1","status":"submitted"}`)).task).toMatchObject({ status: "submitted", outputs: [] })
    expect((await read(`{"task_id":"1","task_status":"paused"}`)).task).toMatchObject({
      status: "unknown",
      statusWord: "paused"
    })
  })

  it.each([
    ["empty", ""],
    ["a truncated body", `{"id":"1","status":"succe`],
    ["an array", `["1"]`],
    ["null", "null"],
    ["a task without a status", `{"id":"1"}`],
    ["an envelope", `{"code":0,"data":{"id":"1","status":"succeeded"}}`],
    ["deeply nested open brackets", "[".repeat(200_000)],
    ["deeply nested arrays", "[".repeat(50_000) + "]".repeat(50_000)],
    ["invalid UTF-8", Uint8Array.from(`{"id":"1","status":"\u00ff"}`, (letter) => letter.charCodeAt(0))]
  ])("that is %s is rejected with what to do instead", async (_name, body) => {
    const error = await failureOf(body)
    expect(error.code).toBe("CALLBACK_UNREADABLE")
    expect(error.suggestion).toBe("read the task by its id instead")
  })
})
