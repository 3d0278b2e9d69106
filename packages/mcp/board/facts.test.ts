import { describe, expect, it } from "vitest"
import { mergeTask, readTask, type Task, taskIdIn } from "./facts.ts"

const read = (facts: Readonly<Record<string, unknown>>, readAt = 0): Task => {
  const task = readTask({ task_id: "kk-1", ...facts }, readAt)
  if (task === undefined) throw new Error("no task")
  return task
}

describe("facts that a tool has told", () => {
  it("are taken as they are meant, and only so", () => {
    const outputs = [{ type: "video", url: "https://a.example/1.mp4", duration_seconds: 5 }, { url: 7 }, null]
    expect(
      read({
        status: "succeed",
        outputs,
        charges: [
          { kind: "unit", amount: "3" },
          { kind: "unit", amount: 3 }
        ]
      })
    ).toMatchObject({
      status: "succeed",
      outputs: [{ type: "video", durationSeconds: 5 }, { type: "file" }, { type: "file" }],
      charges: [{ kind: "unit", amount: 3 }]
    })
    expect(read({ status: "exploded", quote: { usd: 1 } })).toMatchObject({ status: "unknown", quote: undefined })
  })

  it.each([undefined, null, "kk-1", [], {}, { task_id: 7 }, { task_id: "" }])("are no task in %o", (facts) => {
    expect(readTask(facts, 0)).toBe(undefined)
  })

  it("are found in a text as well, for chats that hand on nothing else", () => {
    expect(taskIdIn(["Video generation started", "Task ID: kk-t2v-1", "Status: submitted"])).toBe("kk-t2v-1")
    expect(taskIdIn(["no Task ID: kk-t2v-1 here"])).toBe(undefined)
  })
})

describe("newer facts over older ones", () => {
  it("keep what only the older told", () => {
    const submitted = read({ status: "submitted", model: "kling-3.0", usual_seconds: 50 })
    const later = read({ status: "processing", usual_seconds: 90 })
    expect(mergeTask(submitted, later)).toMatchObject({ status: "processing", model: "kling-3.0", usualSeconds: 50 })
  })

  it("do not bring an ended task back to life", () => {
    const ended = read({ status: "succeed", outputs: [{ type: "image" }] })
    expect(mergeTask(ended, read({ status: "processing" }))).toBe(ended)
    expect(mergeTask(read({ status: "processing" }), ended)).toMatchObject({ status: "succeed" })
  })

  it("never count seconds backwards while a task runs, but end with Kling's own count", () => {
    const first = read({ status: "processing", elapsed_seconds: 10 }, 0)
    const second = read({ status: "processing", elapsed_seconds: 5 }, 4000)
    expect(mergeTask(first, second).elapsedSeconds).toBe(14)
    expect(mergeTask(first, read({ status: "succeed", elapsed_seconds: 9 }, 4000)).elapsedSeconds).toBe(9)
  })

  it("keep the files that a list leaves out", () => {
    const whole = read({ status: "succeed", outputs: [{ type: "image" }] })
    expect(mergeTask(whole, read({ status: "succeed" })).outputs).toEqual(whole.outputs)
  })

  it("keep the whole prompt when a list tells its beginning", () => {
    const whole = read({ prompt: "a kite over the sea" })
    const beginning = read({ prompt: "a kite" })
    expect([mergeTask(whole, beginning).prompt, mergeTask(beginning, whole).prompt]).toEqual([
      whole.prompt,
      whole.prompt
    ])
  })
})
