import { describe, expect, it } from "vitest"
import { mergeTask, readTask, type Task, taskIdIn } from "./task.ts"

const read = (fields: Readonly<Record<string, unknown>>, readAt = 0): Task => {
  const task = readTask({ task_id: "kk-1", ...fields }, readAt)
  if (task === undefined) throw new Error("no task")
  return task
}

describe("the structured result of a tool", () => {
  it("is parsed strictly", () => {
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

  it.each([undefined, null, "kk-1", [], {}, { task_id: 7 }, { task_id: "" }])("is not a task: %o", (fields) => {
    expect(readTask(fields, 0)).toBe(undefined)
  })

  it("is found in text as well, for chats that forward nothing else", () => {
    expect(taskIdIn(["Video generation started", "Task ID: kk-t2v-1", "Status: submitted"])).toBe("kk-t2v-1")
    expect(taskIdIn(["no Task ID: kk-t2v-1 here"])).toBe(undefined)
  })
})

describe("merging a newer snapshot into an older one", () => {
  it("keeps what only the older one has", () => {
    const submitted = read({ status: "submitted", model: "kling-3.0", usual_seconds: 50 })
    const later = read({ status: "processing", usual_seconds: 90 })
    expect(mergeTask(submitted, later)).toMatchObject({ status: "processing", model: "kling-3.0", expectedSeconds: 50 })
  })

  it("never reopens an ended task", () => {
    const ended = read({ status: "succeed", outputs: [{ type: "image" }] })
    expect(mergeTask(ended, read({ status: "processing" }))).toBe(ended)
    expect(mergeTask(read({ status: "processing" }), ended)).toMatchObject({ status: "succeed" })
  })

  it("never counts seconds backwards while a task runs, but ends with Kling's own count", () => {
    const first = read({ status: "processing", elapsed_seconds: 10 }, 0)
    const second = read({ status: "processing", elapsed_seconds: 5 }, 4000)
    expect(mergeTask(first, second).elapsedSeconds).toBe(14)
    expect(mergeTask(first, read({ status: "succeed", elapsed_seconds: 9 }, 4000)).elapsedSeconds).toBe(9)
  })

  it("keeps the files that a list leaves out", () => {
    const full = read({ status: "succeed", outputs: [{ type: "image" }] })
    expect(mergeTask(full, read({ status: "succeed" })).outputs).toEqual(full.outputs)
  })

  it("keeps the full prompt when a list has only its beginning", () => {
    const full = read({ prompt: "a kite over the sea" })
    const beginning = read({ prompt: "a kite" })
    expect([mergeTask(full, beginning).prompt, mergeTask(beginning, full).prompt]).toEqual([full.prompt, full.prompt])
  })
})
