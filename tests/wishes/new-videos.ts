import { expect } from "vitest"
import { mediaFacts } from "./media-facts.ts"
import { taskId, type Wish } from "./wish.ts"

const fox = "A red fox walks through fresh snow, seen from close by"

const vertical: Wish = {
  row: "1",
  calls: [
    {
      tool: "generate_video",
      arguments: { prompt: fox, duration: 10, aspect_ratio: "9:16", audio: "native" },
      reads: { fox: taskId },
      alsoWritten: [{ prompt: fox, duration: "10s", aspect_ratio: "9x16", audio: true }]
    },
    { tool: "wait_for_task", arguments: { task_id: "$fox" }, says: [/^Status: succeed$/m] },
    { tool: "download_task", arguments: { task_id: "$fox" } }
  ],
  charges: ["new.t2v.kling-3.0"],
  outcome: async ({ saved: [file = ""] }) => {
    expect(await mediaFacts(file)).toEqual({ seconds: 10, hasAudio: true, aspectRatio: "9:16" })
  }
}

const continued: Wish = {
  row: "6",
  before: [
    { tool: "generate_video", arguments: { prompt: fox, aspect_ratio: "9:16" } },
    { tool: "generate_video", arguments: { prompt: "A boat leaves the harbour at dawn" } }
  ],
  calls: [
    { tool: "list_tasks", arguments: { search: "fox" }, reads: { first: taskId } },
    {
      tool: "extend_video",
      arguments: { task_id: "$first", prompt: "It stops at a frozen river and drinks", aspect_ratio: "9:16" },
      reads: { next: taskId }
    },
    { tool: "wait_for_task", arguments: { task_id: "$next" }, says: [/^Status: succeed$/m] },
    { tool: "download_task", arguments: { task_id: "$next" } }
  ],
  charges: ["new.omni.kling-3.0-omni"],
  outcome: async ({ saved: [file = ""] }) => {
    expect(await mediaFacts(file)).toEqual({ seconds: 5, hasAudio: false, aspectRatio: "9:16" })
  }
}

export const newVideos: ReadonlyArray<Wish> = [vertical, continued]
