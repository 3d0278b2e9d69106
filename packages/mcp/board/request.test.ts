import { describe, expect, it } from "vitest"
import { readTask, type Task } from "./task.ts"
import { requestCall, requestText } from "./request.ts"

const task = readTask({ task_id: "kk-1" }, 0) as Task
const request = { form: "again", task, prompt: "a kite", isUnchanged: false, canRepeat: false } as const

describe("a request from the board", () => {
  it("repeats the settings of the call, but not its single-use arguments", () => {
    const args = {
      prompt: "old",
      duration: 5,
      confirm_token: "secret",
      idempotency_key: "k",
      allow_repeat: true,
      allow_duplicate: true,
      mode: null
    }
    const call = { tool: "generate_video", args }
    expect(requestCall({ ...request, call })).toEqual({
      tool: "generate_video",
      args: { duration: 5, prompt: "a kite" }
    })
    expect(requestText({ ...request, call })).toBe(
      "Make task kk-1 again, as a new task, with generate_video (duration 5) and this prompt:\n\na kite"
    )
    expect(requestCall({ ...request, call, isUnchanged: true })?.args).toMatchObject({ allow_duplicate: true })
  })

  it("leaves settings and inputs to the server, where that knows them", () => {
    const repeat = { ...request, call: undefined, canRepeat: true }
    expect(requestCall(repeat)).toEqual({
      tool: "repeat_task",
      args: { task_id: "kk-1", changes: '{"prompt":"a kite"}' }
    })
    expect(requestText(repeat)).toBe(
      "Make task kk-1 again, as a new task: call repeat_task with task_id kk-1 and this prompt as the only change:\n\na kite"
    )
    expect(requestCall({ ...repeat, isUnchanged: true })?.args).toEqual({ task_id: "kk-1", allow_duplicate: true })
    expect(requestText({ ...repeat, isUnchanged: true })).toMatch(/ and allow_duplicate true\.$/)
  })

  it("is not made of what an earlier repetition has changed", () => {
    const call = { tool: "repeat_task", args: { task_id: "kk-0", changes: { duration: 10 } } }
    expect(requestCall({ ...request, call, canRepeat: true })?.args).toMatchObject({ task_id: "kk-1" })
    expect(requestCall({ ...request, call })).toBe(undefined)
  })

  it("becomes a message, but not a call, when the page has not seen the original call", () => {
    expect(requestText({ ...request, call: undefined })).toBe(
      "Make task kk-1 again, as a new task, with this prompt:\n\na kite"
    )
    expect(requestCall({ ...request, call: undefined })).toBe(undefined)
  })
})
