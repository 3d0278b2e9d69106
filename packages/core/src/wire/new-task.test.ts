import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { parseJson } from "./json.ts"
import { fromNewTask, NewTask, NewTaskPage } from "./new-task.ts"

const decode = Schema.decodeUnknownSync(NewTask)
const task = (text: string) => fromNewTask(decode(parseJson(text)))
const withOutput = (output: string) => task(`{"id":"1","status":"succeeded","outputs":[${output}]}`).outputs

describe("a task of the new generation", () => {
  it("that was just created has neither outputs nor charges", () => {
    expect(
      task(
        `{"id":"893605946402811985","status":"submitted","create_time":1790000000000,"update_time":1790000000001,"external_id":""}`
      )
    ).toEqual({
      id: "893605946402811985",
      status: "submitted",
      createdAt: 1_790_000_000_000,
      updatedAt: 1_790_000_000_001,
      outputs: [],
      charges: []
    })
  })

  it("keeps all digits of an id, sent as a string or a number", () => {
    expect(task(`{"id":829836802793406551,"status":"processing"}`).id).toBe("829836802793406551")
    expect(withOutput(`{"type":"element","id":829836802793406551}`)).toEqual([
      { type: "element", id: "829836802793406551" }
    ])
  })

  it("passes on an unknown status word", () => {
    expect(task(`{"id":"1","status":"archived"}`)).toMatchObject({ status: "unknown", statusWord: "archived" })
    expect(task(`{"id":"1","status":"constructor"}`)).toMatchObject({ status: "unknown", statusWord: "constructor" })
  })

  it("has the failure message", () => {
    expect(task(`{"id":"1","status":"failed","message":"the image shows no face"}`)).toMatchObject({
      status: "failed",
      message: "the image shows no face"
    })
  })

  it("has its charges in units and in cash", () => {
    const billing = `[{"charge_type":"unit","amount":"2.4","package_type":"video"},
      {"charge_type":"cash","cash_type":"balance","amount":"0.42","currency":"USD","list_price":"0.42"}]`
    expect(task(`{"id":"1","status":"succeeded","billing":${billing}}`).charges).toEqual([
      { kind: "unit", amount: 2.4, pack: "video" },
      { kind: "cash", amount: 0.42, currency: "USD" }
    ])
  })

  it.each(["-300", "none", "1e20", "-0.01"])(
    "has no charges when one of them is %s: the rest would look like all",
    (amount) => {
      const billing = `[{"charge_type":"unit","amount":"2.4"},{"charge_type":"unit","amount":"${amount}"}]`
      const read = task(`{"id":"1","status":"succeeded","billing":${billing}}`)
      expect(read).toMatchObject({ charges: [], ignored: [{ field: "billing[].amount", expected: "amount" }] })
    }
  )

  it("is read although a time and a length are not valid", () => {
    const outputs = `[{"type":"video","url":"https://k/a.mp4","duration":-1}]`
    const read = task(`{"id":"1","status":"succeeded","create_time":1e20,"update_time":[],"outputs":${outputs}}`)
    expect(read).toEqual({
      id: "1",
      status: "succeed",
      outputs: [{ type: "video", url: "https://k/a.mp4" }],
      charges: [],
      ignored: [
        { field: "outputs[].duration", expected: "duration" },
        { field: "create_time", expected: "time" }
      ]
    })
  })

  it.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://k/a.mp4", "a.mp4"])(
    "hands on no link like %s",
    (url) => {
      const outputs = `[{"type":"video","url":"${url}"},{"type":"video","url":"https://k/a.mp4"}]`
      const read = task(`{"id":"1","status":"succeeded","outputs":${outputs}}`)
      expect(read.outputs).toEqual([{ type: "video", url: "https://k/a.mp4" }])
      expect(read.ignored).toEqual([{ field: "outputs[].url", expected: "link" }])
    }
  )

  it("encodes what in a link is not plain, and leaves a plain one as it is", () => {
    const url = (given: string) =>
      task(JSON.stringify({ id: "1", status: "succeeded", outputs: [{ type: "video", url: given }] })).outputs
    expect(url("https://k/a b\u202e.mp4")).toEqual([{ type: "video", url: "https://k/a%20b%E2%80%AE.mp4" }])
    expect(url("https://K/a.mp4?sig=%2fA+b|c")).toEqual([{ type: "video", url: "https://K/a.mp4?sig=%2fA+b|c" }])
  })

  it("reads audio in either format, and a deleted voice", () => {
    expect(withOutput(`{"type":"audio","id":"a","wav_url":"https://example.com/a.wav","wav_duration":"4"}`)).toEqual([
      {
        type: "audio",
        id: "a",
        url: "https://example.com/a.wav",
        wavUrl: "https://example.com/a.wav",
        durationSeconds: 4
      }
    ])
    expect(withOutput(`{"type":"voice","id":"7","status":"deleted"}`)).toEqual([
      { type: "voice", id: "7", deleted: true }
    ])
  })

  it.each([
    [`{"type":"product_video","url":"https://example.com/v.mp4"}`, { type: "video", url: "https://example.com/v.mp4" }],
    [`{"role":"model_images","url":"https://example.com/m.png"}`, { type: "image", url: "https://example.com/m.png" }],
    [`{"type":"subbed_video","url":"https://example.com/s.mp4"}`, { type: "video", url: "https://example.com/s.mp4" }],
    [
      `{"type":"srt","url":"https://example.com/s.srt"}`,
      { type: "file", kind: "srt", url: "https://example.com/s.srt" }
    ],
    [`{"url":"https://example.com/x"}`, { type: "file", kind: "file", url: "https://example.com/x" }]
  ])("never drops a paid result: %s", (output, expected) => {
    expect(withOutput(output)).toEqual([expected])
  })

  it("comes in pages", () => {
    const page = Schema.decodeUnknownSync(NewTaskPage)
    expect(page({ result: [], count: 0, next_cursor: null, has_more: false })).toMatchObject({ result: [], count: 0 })
    const full = page({ result: [{ id: "1", status: "succeeded" }], count: 1, next_cursor: "n", has_more: true })
    expect(full.result.map(fromNewTask)).toMatchObject([{ id: "1", status: "succeed" }])
  })
})
